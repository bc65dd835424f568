"""The U-Net and the networks on a pretrained encoder."""

from __future__ import annotations

import copy
import unittest

import degrade
import torch
from cases.build import randomise
from config import read_config
from encoder import CHANNELS, Encoder, same
from export import halve, optional_inputs, to_onnx
from model import STRATEGIES, UNet, flops_per_pixel
from norms import freeze, settle
from restoration import DenoiseColorizer, Noisy
from tasks import task_of
from train import alike
from transfer import Seen, TransferUNet

from tests.small import HERE, WIDTHS


class Model(unittest.TestCase):
    def test_every_strategy_doubles_and_halves_alike(self) -> None:
        for strategy in STRATEGIES:
            net = UNet(widths=WIDTHS, strategies=(strategy,))
            self.assertEqual(net(torch.rand(2, 3, 16, 24)).shape, (2, 3, 16, 24), strategy)

    def test_one_of_several_upsamplers_is_the_network_that_was_trained(self) -> None:
        net, x = UNet(widths=WIDTHS, strategies=STRATEGIES), torch.rand(1, 3, 16, 16)
        for strategy in STRATEGIES:
            net.strategy = strategy
            self.assertTrue(torch.equal(net(x), net.single(strategy)(x)), strategy)

    def test_residual_blocks_follow_each_level_and_begin_small(self) -> None:
        net = UNet(widths=(8, 16), blocks=(2, 1), scale=2, residual=True, strategies=STRATEGIES)
        counts = {name: len(module) for name, module in net.named_children() if name.endswith("_blocks")}
        self.assertEqual(counts, {"enc1_blocks": 2, "dec1_blocks": 2, "bottleneck_blocks": 1})
        self.assertEqual(net(torch.rand(1, 3, 8, 12)).shape, (1, 3, 16, 24))
        x = torch.randn(1, 8, 16, 16)
        self.assertLess(float(net.enc1_blocks(x).std()), 2 * float(x.std()))
        with self.assertRaisesRegex(ValueError, "2 widths"):
            UNet(widths=(8, 16), blocks=(1,))

    def test_folding_keeps_the_function(self) -> None:
        net, x = randomise(UNet(widths=WIDTHS, norm="before-relu"), "fold"), torch.rand(1, 3, 16, 16)
        torch.testing.assert_close(net.folded()(x), net(x), rtol=1e-4, atol=1e-5)

    def test_cost_of_the_denoiser(self) -> None:
        self.assertEqual(flops_per_pixel(UNet()), 96192)

    def test_networks_that_are_compared_begin_alike(self) -> None:
        config = read_config(HERE / "seeds.toml")
        nets = [net.state_dict() for net in alike(config, task_of(config, HERE), 0)]
        for name in set.intersection(*(set(net) for net in nets)):
            self.assertTrue(all(torch.equal(net[name], nets[0][name]) for net in nets), name)
        others = alike(config, task_of(config, HERE), 1)
        self.assertFalse(torch.equal(others[0].enc1.conv1.weight, nets[0]["enc1.conv1.weight"]))

    def test_norms_settle_on_what_they_see_and_stay_there(self) -> None:
        net = UNet(inputs=1, outputs=1, widths=(4, 8), norm="before-relu", strategies=("nearest", "max-unpool"))
        batches = [torch.randn(2, 1, 16, 16) + shift for shift in range(3)]
        settle(net, batches)
        with torch.no_grad():
            seen = [net.enc1.conv1(x) for x in batches]
        norm = net.enc1.norm1["any"]
        torch.testing.assert_close(norm.running_mean, torch.cat(seen).mean((0, 2, 3)))
        variances = [x.var((0, 2, 3)) for x in seen]
        torch.testing.assert_close(norm.running_var, torch.stack(variances).mean(0))
        settled = copy.deepcopy(net.state_dict())
        freeze(net.train())
        for net.strategy in net.strategies:
            net(batches[2]).sum().backward()
        for key, value in net.state_dict().items():
            self.assertTrue(torch.equal(value, settled[key]), key)
        self.assertIsNotNone(norm.weight.grad)


class Colorizer(unittest.TestCase):
    """A noisy gray picture to a clean one in color."""

    def net(self) -> DenoiseColorizer:
        torch.manual_seed(0)
        net = DenoiseColorizer(strategies=STRATEGIES, luma=WIDTHS).eval()
        for head in (net.head, net.luma.head):
            torch.nn.init.normal_(head.weight, std=0.1)
        return net

    def test_the_luma_is_what_its_branch_says(self) -> None:
        net, x = self.net(), torch.rand(1, 1, 64, 64)
        with torch.inference_mode():
            for net.strategy in STRATEGIES:
                one = net.single(net.strategy).eval()
                made = one(x)
                torch.testing.assert_close(made, net(x), rtol=0, atol=1e-5)
                torch.testing.assert_close(degrade.luma(made), one.luma(x), rtol=0, atol=1e-4)
                torch.testing.assert_close(one.folded()(x), made, rtol=0, atol=1e-4)
                self.assertGreater(float((made[:, 0] - made[:, 2]).abs().mean()), 0.001)

    def test_colors_teach_the_luma_nothing(self) -> None:
        net = self.net().train()
        luma, logits = net(Noisy(torch.rand(2, 1, 32, 32), torch.rand(2, 1, 64, 64)))
        self.assertEqual((luma.shape, logits.shape[2:]), ((2, 1, 32, 32), (16, 16)))
        logits.sum().backward(retain_graph=True)
        self.assertIsNone(net.luma.head.weight.grad)
        luma.sum().backward()
        self.assertIsNotNone(net.luma.head.weight.grad)


class Transfer(unittest.TestCase):
    """Networks whose encoder is pretrained; with random weights here."""

    def net(self, **settings: object) -> TransferUNet:
        torch.manual_seed(0)
        net = TransferUNet(**settings, strategies=STRATEGIES).eval()
        torch.nn.init.normal_(net.head.weight, std=0.1)
        return net

    def test_the_encoder_leaves_features_at_every_stride(self) -> None:
        with torch.inference_mode():
            features = Encoder().eval()(torch.rand(1, 3, 64, 96))
        self.assertEqual([f.shape[1:] for f in features], [(c, 32 >> i, 48 >> i) for i, c in enumerate(CHANNELS)])

    def test_without_skips_the_features_in_between_do_not_count(self) -> None:
        net = self.net(widths=(16, 8, 8, 8), skips=False)
        with torch.inference_mode():
            frames = torch.rand(1, 3, 64, 64)
            seen = Seen(frames, net.encoded(frames))
            made = net.logits(seen)
            between = [f + 1 for f in seen.features[:-1]]
            self.assertTrue(
                torch.equal(net.logits(seen._replace(features=type(seen.features)(*between, seen.features[-1]))), made)
            )
            self.assertEqual(net(torch.rand(1, 3, 64, 64)).shape, (1, 4, 64, 64))

    def test_padding_is_as_tensorflow_has_it(self) -> None:
        x = torch.ones(1, 1, 6, 6)
        self.assertEqual(same(x, 3, 2).shape, (1, 1, 7, 7))
        self.assertEqual(float(same(x, 5, 2)[0, 0, 0].sum()), 0)
        self.assertEqual(float(same(x, 3, 2)[0, 0, 0].sum()), 6)

    def test_every_strategy_makes_what_the_frame_is_large(self) -> None:
        colors = self.net(inputs=1, outputs=2, widths=(16, 8, 8), colors=True, hints=True)
        classes = self.net(inputs=3, outputs=4, widths=(16, 8, 8, 8))
        with torch.inference_mode():
            for colors.strategy in STRATEGIES:
                self.assertEqual(colors(torch.rand(1, 1, 32, 64)).shape, (1, 2, 32, 64))
            for classes.strategy in STRATEGIES:
                made = classes(torch.rand(2, 3, 64, 32))
                self.assertEqual(made.shape, (2, 4, 64, 32))
                self.assertTrue(torch.allclose(made.sum(1), torch.ones(2, 64, 32), atol=1e-5))

    def test_folding_norms_keeps_the_function(self) -> None:
        net = self.net(inputs=3, outputs=4, widths=(16, 8, 8, 8))
        for norm in (module for module in net.modules() if isinstance(module, torch.nn.BatchNorm2d)):
            for tensor in (norm.running_mean, norm.running_var, norm.weight.data, norm.bias.data):
                tensor.uniform_(0.5, 1.5)
        x = torch.rand(1, 3, 64, 64)
        with torch.inference_mode():
            for net.strategy in STRATEGIES:
                self.assertTrue(torch.allclose(net(x), net.single(net.strategy).folded()(x), atol=1e-5))

    def test_a_hint_reaches_the_colors_around_it(self) -> None:
        net = self.net(inputs=1, outputs=2, widths=(16, 8, 8), colors=True, hints=True)
        with torch.inference_mode():
            frames = torch.rand(1, 1, 64, 64)
            seen = Seen(frames, net.encoded(frames))
            hints = torch.zeros(1, 3, 16, 16)
            hints[0, :, 5, 5] = torch.tensor([0.5, 0.5, 1])
            self.assertTrue(torch.equal(net(seen), net(seen._replace(hints=torch.zeros(1, 3, 16, 16)))))
            # What hints add begins with nothing.
            self.assertTrue(torch.equal(net(seen), net(seen._replace(hints=hints))))
            for told in net.told.values():
                torch.nn.init.normal_(told.weight)
            self.assertFalse(torch.allclose(net(seen), net(seen._replace(hints=hints))))
            square = torch.zeros(1, 3, 16, 16)
            square[0, :, 4:6, 4:6] = torch.tensor([0.5, -0.25, 1]).view(3, 1, 1)
            for stride in (8, 16, 32):
                pooled = net.hinted(seen._replace(hints=square))[stride][0, :, 0 if stride > 16 else 16 // stride]
                self.assertIn([0.5, -0.25, 1], pooled.T.tolist())

    def test_a_file_says_what_it_can_be_told_and_where_its_colors_are(self) -> None:
        net = self.net(inputs=1, outputs=2, widths=(16, 8, 8), colors=True, hints=True).single("nearest").folded()
        model = halve(to_onnx(net))
        told = optional_inputs(model)
        self.assertEqual(set(told), {"hints", "temperature"})
        self.assertLessEqual(set(told), {port.name for port in model.graph.input})
        likely = told["hints"]["likely"]
        values = {name for node in model.graph.node for name in node.output} | {i.name for i in model.graph.initializer}
        self.assertLessEqual(set(likely.values()), values)
        self.assertEqual(told, optional_inputs(model))  # once more changes nothing
        self.assertEqual(optional_inputs(halve(to_onnx(UNet(3, 3, (4, 8))))), {})

    def test_the_annealed_mean_of_a_certain_color_is_that_color(self) -> None:
        net = self.net(inputs=1, outputs=2, widths=(16, 8, 8), colors=True)
        logits = torch.full((1, len(net.bins), 1, 1), -50.0)
        logits[0, 7] = 50
        self.assertTrue(torch.allclose(128 * net.chroma(logits)[0, :, 0, 0], net.bins[7], atol=1e-3))

    def test_what_the_encoder_made_is_taken_in_place_of_frames(self) -> None:
        net = self.net(inputs=3, outputs=4, widths=(16, 8, 8, 8))
        with torch.inference_mode():
            x = torch.rand(1, 3, 32, 32)
            self.assertTrue(torch.equal(net(x), net(Seen(x, net.encoded(x)))))
