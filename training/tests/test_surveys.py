"""Networks of the surveys."""

from __future__ import annotations

import unittest
from pathlib import Path

import torch
from config import read_config
from model import parameters
from networks import Told
from networks.transformers import joined, patches
from norms import norms_of
from scoring import first
from tasks import task_of
from train import network
from weights import initial_weights

from tests.small import HERE


class Surveys(unittest.TestCase):
    def test_designs_of_a_survey_cost_what_the_plain_one_does(self) -> None:
        config = read_config(HERE / "super-resolve-x4-survey.toml")
        nets = {name: network(config, task_of(config, Path()), (name,)) for name in config["strategies"]}
        plain = parameters(nets["post-upsampling"])
        x = torch.rand(1, 3, 32, 16)
        for name, net in nets.items():
            if net.survey == "designs":
                self.assertLess(abs(parameters(net) / plain - 1), 0.15, name)
            made = first(net.eval()(x))
            # Before any training the picture enlarged by bicubic interpolation; twice by two is not quite that.
            enlarged = torch.nn.functional.interpolate(x, scale_factor=4.0, mode="bicubic")
            self.assertEqual(made.shape, enlarged.shape, name)
            if name != "progressive":
                torch.testing.assert_close(made, enlarged, msg=name)
        with self.assertRaisesRegex(ValueError, "unknown network"):
            network(config, task_of(config, Path()), ("denser",))
        self.assertEqual(initial_weights(config, ("dense",), Path(), Path(), HERE.parent / "models"), (None, None))

    def test_denoisers_begin_as_the_identity_and_fold_their_norms(self) -> None:
        config = read_config(HERE / "denoise-survey.toml")
        x = torch.rand(2, 3, 16, 24)
        for name in config["strategies"]:
            net = network(config, task_of(config, Path()), (name,)).eval()
            self.assertTrue(torch.equal(net(x), x), name)
            for parameter in net.parameters():
                torch.nn.init.normal_(parameter, std=0.1)
            for norm in norms_of(net):
                norm.running_mean.normal_()
            torch.testing.assert_close(net.folded()(x), net(x), msg=name)
            self.assertEqual(norms_of(net.folded()), [], name)

    def test_a_denoiser_that_is_told_more_noise_removes_more(self) -> None:
        config = read_config(HERE / "denoise-survey.toml")
        net = network(config, task_of(config, Path()), ("ffdnet",)).eval()
        for parameter in net.parameters():
            torch.nn.init.normal_(parameter, std=0.1)
        x = torch.rand(2, 3, 8, 8)
        told = net(Told(x, torch.tensor([25.0, 40.0]).view(2, 1, 1, 1)))
        torch.testing.assert_close(told[:1], net(x)[:1])  # its own default
        self.assertGreater(float((told[1] - net(x)[1]).detach().abs().max()), 1e-4)

    def test_a_picture_of_patches_is_the_picture(self) -> None:
        x = torch.rand(2, 3, 16, 24)
        for grid in (1, 2, 4):
            cut = patches(x, grid)
            self.assertEqual(cut.shape, (2 * grid**2, 3, 16 // grid, 24 // grid))
            self.assertTrue(torch.equal(joined(cut, grid), x))
        self.assertTrue(torch.equal(patches(x, 2)[1], x[0, :, :8, 12:]))

    def test_segmenters_of_a_survey_are_alike_but_for_the_middle(self) -> None:
        config = read_config(HERE / "segment-survey.toml")
        x, sizes = torch.rand(2, 3, 64, 640), []
        for name in config["strategies"]:
            net = network(config, task_of(config, Path()), (name,))
            sizes.append(sum(p.numel() for p in net.parameters() if p.requires_grad))
            for path, parameter in net.named_parameters():
                if not path.startswith("encoder."):
                    torch.nn.init.normal_(parameter, std=0.05)
            made = first(net.eval()(x))
            self.assertEqual(made.shape, (2, 4, 64, 640))
            torch.testing.assert_close(made.sum(1), torch.ones(2, 64, 640), msg=name)
            torch.testing.assert_close(first(net.folded()(x)), made, msg=name)
            # Convolutions do not see as far as this.
            other = x.clone()
            other[..., 576:] = 0
            moved = float((first(net(other)) - made)[..., :8].detach().abs().max())
            self.assertEqual(moved > 0, name != "convolutions", name)
            self.assertEqual(net.train()(x).shape, (2, 4, 32, 320))
        self.assertLess(max(sizes) / min(sizes), 1.15)
