"""python -m unittest, in this folder."""

from __future__ import annotations

import copy
import io
import json
import math
import tarfile
import tempfile
import unittest
from argparse import Namespace
from pathlib import Path

import numpy as np
import torch
from cases.build import randomise
from config import of_network, read_config, task_facts
from damage import Damage, bayer, demosaic
from data import Patches
from degrade import disk_kernel, gaussian_kernel, jpeg, motion_kernel
from encoder import CHANNELS, Encoder, same
from export import check, facts_of, halve, optional_inputs, to_onnx, trained, write
from manifest import table
from model import STRATEGIES, UNet, flops_per_pixel, parameters
from networks import Told
from networks.transformers import joined, patches
from norms import freeze, norms_of, settle
from optimizer import MuonAdamW, matrix
from PIL import Image
from scoring import first
from seeds import spread
from tasks import task_of
from tasks.color import HELD_OUT_TOO, Color
from tasks.critic import Critic
from tasks.segment import held_out
from team import Team
from train import Run, alike, arguments, network, usual_budget
from transfer import Seen, TransferUNet
from weights import file_name, initial_weights, latest, load_matching, start_from

import lab

HERE = Path(__file__).parent

WIDTHS = (4, 8, 16)


def write_tar(path: Path, pictures: dict[str, np.ndarray]) -> None:
    """A shard of PNGs, whatever their names end in."""
    path.parent.mkdir(exist_ok=True)
    with tarfile.open(path, "w") as tar:
        for name, picture in pictures.items():
            file = io.BytesIO()
            Image.fromarray(picture).save(file, "PNG")
            info = tarfile.TarInfo(name)
            info.size = file.tell()
            file.seek(0)
            tar.addfile(info, file)


def flat(level: int) -> np.ndarray:
    return np.full((16, 16, 3), level, np.uint8)


def write_data(folder: Path) -> None:
    """Two noise pictures to train on, and one to evaluate."""
    random = np.random.default_rng(0)
    pictures = {f"{index}.png": random.integers(0, 256, (80, 72, 3), np.uint8) for index in range(2)}
    write_tar(folder / "restore" / "restore-000.tar", pictures)
    (folder / "eval" / "CBSD68").mkdir(parents=True)
    Image.fromarray(random.integers(0, 256, (33, 41, 3), np.uint8)).save(folder / "eval" / "CBSD68" / "a.png")


def small_run(folder: Path) -> tuple[dict, Namespace]:
    """Configuration and arguments of a small denoiser upon data of its own; what it trains first are both strategies."""
    write_data(folder)
    config = read_config(HERE / "denoise.toml")
    config["strategies"] = ["bilinear", "max-unpool"]
    config["network"]["widths"] = list(WIDTHS)
    config["data"] |= {"batch": 2, "patch": 32}
    args = Namespace(
        device="cpu", precision="float32", budget_minutes=0.02, budget_steps=None, checkpoints=folder / "none",
        models=folder / "none", data=folder, seed=5, out=folder / "run", fine_tune="max-unpool",
    )  # fmt: skip
    return config, args


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

    def test_folding_keeps_the_function(self) -> None:
        net, x = randomise(UNet(widths=WIDTHS, norm="before-relu"), "fold"), torch.rand(1, 3, 16, 16)
        torch.testing.assert_close(net.folded()(x), net(x), rtol=1e-4, atol=1e-5)

    def test_cost_of_the_denoiser(self) -> None:
        self.assertEqual(flops_per_pixel(UNet()), 96192)


class FirstWeights(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.config = {"name": "denoise", "task": "denoise", "strategies": ["bilinear"]}
        for name in ("run", "elsewhere", "models"):
            (self.folder / name).mkdir()

    def found(self) -> str | None:
        where = (self.folder / n for n in ("run", "elsewhere", "models"))
        return initial_weights(self.config, self.config["strategies"], *where)[0]

    def test_order(self) -> None:
        self.assertIsNone(self.found())
        net = randomise(UNet(widths=WIDTHS), "first")
        (self.folder / "models" / "denoise-bilinear.onnx").write_bytes(halve(to_onnx(net)).SerializeToString())
        self.assertEqual(self.found(), "denoise-bilinear.onnx")
        torch.save({"weights": {}}, self.folder / "elsewhere" / "denoise.pt")
        torch.save({"weights": {}}, self.folder / "checkpoint.pt")  # of another run, which this one does not refine
        self.assertTrue(self.found().endswith("elsewhere/denoise.pt"))
        torch.save({"weights": {}}, self.folder / "run" / "checkpoint.pt")
        self.assertTrue(self.found().endswith("run/checkpoint.pt"))

    def test_checkpoints_made_elsewhere_are_looked_for_beside_the_repository(self) -> None:
        args = arguments().parse_args(["denoise.toml", "--data", "data"])
        self.assertEqual(args.checkpoints, HERE.parents[1] / "shared" / "checkpoints")

    def test_every_recipe_goes_on_from_what_is_shipped(self) -> None:
        for path in sorted(HERE.glob("*.toml")):
            config = read_config(path)
            if "minutes" not in config.get("training", {}):
                continue
            strategies = tuple(config["strategies"])
            found, state = initial_weights(config, strategies, self.folder, self.folder / "none", HERE.parent / "models")
            self.assertEqual(found, ", ".join(f"{file_name(config, strategy)}.onnx" for strategy in strategies))
            task = task_of(config, self.folder)
            net = network(config, task, strategies)
            random = copy.deepcopy(net.state_dict())
            x = torch.rand(2, task.inputs, 2 * net.multiple, 2 * net.multiple)
            start_from(net, state, lambda size: (x, x))
            for name, tensor in net.state_dict().items():
                if name.endswith("weight") and tensor.ndim == 4:
                    self.assertFalse(torch.equal(tensor, random[name]), f"{path.stem}: {name}")
            for net.strategy in strategies:
                self.assertTrue(net.eval()(x).isfinite().all(), path.stem)

    def test_an_exported_file_gives_back_every_weight(self) -> None:
        net, other = randomise(UNet(widths=WIDTHS), "there"), UNet(widths=WIDTHS)
        (self.folder / "models" / "denoise-bilinear.onnx").write_bytes(halve(to_onnx(net)).SerializeToString())
        _, state = initial_weights(self.config, ["bilinear"], self.folder / "run", self.folder / "none", self.folder / "models")
        self.assertEqual(load_matching(other, state["average"]), [])
        for name, value in other.state_dict().items():
            torch.testing.assert_close(value, net.state_dict()[name].half().float(), msg=name)

    def test_exports_give_back_the_network_that_was_trained(self) -> None:
        """Norms of each strategy's own, which the files have folded away, and a head that was made more vivid."""
        strategies, settings = ("nearest", "max-unpool"), dict(widths=WIDTHS, norm="before-relu")
        net, x = randomise(UNet(**settings, strategies=strategies), "norms"), torch.rand(8, 3, 16, 16)
        facts = {"steps": 7, "minutes": 0.5, "vividness": 2}
        for strategy in strategies:
            single = net.single(strategy).folded()
            with torch.no_grad():
                for parameter in single.head.parameters():
                    parameter.mul_(2)
            write(to_onnx(single), facts, self.folder / "models" / f"denoise-{strategy}.onnx")
        config = self.config | {"strategies": list(strategies)}
        for wanted in (strategies, ("nearest",), ("max-unpool",)):
            found, state = initial_weights(config, wanted, self.folder / "run", self.folder / "none", self.folder / "models")
            self.assertEqual(found, ", ".join(f"denoise-{strategy}.onnx" for strategy in wanted))
            other = UNet(**settings, strategies=wanted).eval()
            start_from(other, state, lambda size: (x, x))
            for net.strategy in wanted:
                other.strategy = net.strategy
                torch.testing.assert_close(other(x), net(x), rtol=1e-3, atol=1e-3, msg=net.strategy)

    def test_what_strategies_shared_before_each_was_refined_begins_as_its_mean(self) -> None:
        nets = {of: randomise(UNet(widths=WIDTHS, strategies=(of,)), of) for of in ("nearest", "bilinear")}
        for strategy, net in nets.items():
            path = self.folder / "models" / f"denoise-{strategy}.onnx"
            path.write_bytes(halve(to_onnx(net)).SerializeToString())
        config, other = self.config | {"strategies": list(nets)}, UNet(widths=WIDTHS, strategies=tuple(nets))
        _, state = initial_weights(config, list(nets), self.folder / "run", self.folder / "none", self.folder / "models")
        self.assertEqual(load_matching(other, state["average"]), [])
        for name, value in other.state_dict().items():
            stored = [net.state_dict()[name].half().float() for net in nets.values() if name in net.state_dict()]
            self.assertEqual(len(stored), 1 if name.startswith("up") else 2, name)
            torch.testing.assert_close(value, sum(stored) / len(stored), msg=name)

    def test_a_shared_run_that_has_gone_on_is_refined_anew(self) -> None:
        run, alone = self.folder / "run", self.folder / "run" / "max-unpool"
        alone.mkdir()
        torch.save({"step": 10, "spent": 1.0}, run / "checkpoint.pt")
        self.assertEqual(latest(alone, True)[0], run / "checkpoint.pt")
        torch.save({"before": (10, 1.0), "step": 2}, alone / "checkpoint.pt")
        self.assertEqual(latest(alone, True)[0], alone / "checkpoint.pt")
        torch.save({"step": 20, "spent": 2.0}, run / "checkpoint.pt")
        self.assertEqual(latest(alone, True)[0], run / "checkpoint.pt")

    def test_a_strategy_that_was_not_trained_begins_with_the_norms_of_one_that_was(self) -> None:
        settings = dict(widths=WIDTHS, norm="before-relu")
        net, x = randomise(UNet(**settings, strategies=("bilinear",)), "lent"), torch.rand(8, 3, 16, 16)
        other = UNet(**settings, strategies=("nearest", "bilinear")).eval()
        start_from(other, {"average": net.state_dict()}, lambda size: (x, x))
        norms = [(k, v) for k, v in other.state_dict().items() if ".nearest." in k and ".norm" in k]
        self.assertEqual(len(norms), 2 * 2 * 5)
        for name, value in norms:
            self.assertTrue(torch.equal(value, net.state_dict()[name.replace("nearest", "bilinear")]), name)
        other.strategy = "bilinear"
        torch.testing.assert_close(other(x), net(x))


class Tasks(unittest.TestCase):
    def test_lab_there_and_back(self) -> None:
        rgb = torch.rand(1, 3, 40, 40)
        torch.testing.assert_close(lab.to_rgb(lab.from_rgb(rgb)), rgb, rtol=0, atol=1e-3)
        white = lab.from_rgb(torch.ones(1, 3, 1, 1)).flatten()
        torch.testing.assert_close(white, torch.tensor([100.0, 0, 0]), rtol=0, atol=1e-2)

    def test_kernels_weigh_one_and_lie_in_the_middle(self) -> None:
        for kernel in (gaussian_kernel(1.3), disk_kernel(2.5), motion_kernel(9, 30), motion_kernel(5.5, 90)):
            self.assertAlmostEqual(float(kernel.sum()), 1, places=5)
            torch.testing.assert_close(kernel, kernel.flip(0, 1))

    def test_the_hash_holds_its_share_out(self) -> None:
        stems = [f"pet_{n}" for n in range(4000)]
        self.assertAlmostEqual(sum(map(held_out, stems)) / len(stems), 0.15, delta=0.02)

    def test_no_held_out_picture_is_trained_on(self) -> None:
        """Every picture is told by its gray level."""
        config, levels = read_config(HERE / "segment.toml"), range(40)
        config["data"] |= {"sets": [["segment/pets-000.tar", "", 1]], "side": 16}
        del config["data"]["backgrounds"]
        with tempfile.TemporaryDirectory() as name:
            pairs = {f"pet_{level}.{ending}": flat(level) for level in levels for ending in ("jpg", "png")}
            write_tar(Path(name) / "segment" / "pets-000.tar", pairs)
            task = task_of(config, Path(name))
            self.assertEqual(task.load(), len(task.sets[0]))
            trained = [int(picture[0, 0, 0]) for picture, _ in task.sets[0]]
            kept = [round(255 * float(x[0, 0, 0, 0])) for x, _ in task.held_out()]
        self.assertTrue(trained and kept)
        self.assertEqual(sorted(trained + kept), list(levels))
        self.assertTrue(all(held_out(f"pet_{level}") for level in kept))

    def test_what_is_nearly_a_held_out_picture_is_not_trained_on(self) -> None:
        config, names = read_config(HERE / "colorize.toml"), ["00001", *HELD_OUT_TOO, "99999"]
        with tempfile.TemporaryDirectory() as name:
            shard = {f"{stem}.wallpaper.png": flat(level) for level, stem in enumerate(names)}
            write_tar(Path(name) / "color" / "train-000.tar", shard)
            task = task_of(config, Path(name))
            self.assertEqual(Color.load(task), 2)  # without what the encoder makes of them
            self.assertEqual([int(frame[0, 0, 0]) for frame in task.collections[0]], [0, len(names) - 1])

    def test_a_part_of_a_set_is_degraded_as_the_whole_set_is(self) -> None:
        denoise, colorize = (read_config(HERE / f"{name}.toml") for name in ("denoise", "denoise-colorize"))
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "eval" / "CBSD68").mkdir(parents=True)
            for index in range(3):
                Image.fromarray(flat(128)).save(folder / "eval" / "CBSD68" / f"{index}.png")
            write_tar(folder / "color" / "val-000.tar", {f"{index}.wallpaper.png": flat(128) for index in range(3)})
            for task in (task_of(denoise, folder), task_of(colorize, folder)):
                whole, part = ([x for x, _ in task.held_out(stride)] for stride in (1, 2))
                self.assertEqual(len(part), 2)
                self.assertFalse(torch.equal(whole[0], whole[1]))
                for all_of, one in zip(whole[::2], part, strict=True):
                    self.assertTrue(torch.equal(all_of, one))

    def test_people_are_not_taught_where_a_border_is_not(self) -> None:
        config = read_config(HERE / "segment.toml")
        task = task_of(config, Path())
        made = torch.tensor([0.1, 0.7, 0.1, 0.1]).view(1, 4, 1, 1).repeat(2, 1, 1, 2)
        people, pets = torch.tensor([[[0, 3]]] * 2), torch.tensor([[[0, 2]]] * 2)
        self.assertAlmostEqual(float(task.loss(made.log(), people)), math.log(3), places=3)
        self.assertAlmostEqual(float(task.loss(made.log(), pets)), math.log(10), places=3)

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

    def test_a_network_of_a_survey_has_settings_of_its_own(self) -> None:
        config = read_config(HERE / "denoise-survey.toml")
        targets = {name: of_network(config, name)["data"]["targets"] for name in config["strategies"]}
        others = {"noise2noise": "noisy", "blind-spot": "blind-spot"}
        self.assertEqual(targets, {name: others.get(name, "clean") for name in config["strategies"]})
        self.assertEqual(of_network(config, "ffdnet")["data"]["patch"], config["data"]["patch"])
        self.assertNotIn("told", config["data"])

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

    def test_what_a_denoiser_learns_from(self) -> None:
        config = read_config(HERE / "denoise-survey.toml")

        def drawn(targets: str, **data: object) -> tuple:
            settings = config["data"] | {"targets": targets, "noise": {"gaussian": {"range": [25, 25]}}} | data
            task = task_of(config | {"data": settings}, Path(), torch.Generator().manual_seed(0))
            task.patches = Patches([torch.full((3, 90, 90), 128, dtype=torch.uint8)], 48, task.generator)
            return task, *task.batch(8)

        for targets, wanted in (("clean", 0.0), ("noisy", 25 / 255)):
            _, x, y = drawn(targets)
            self.assertAlmostEqual(float(x.std()), 25 / 255, delta=0.003)
            self.assertAlmostEqual(float(y.std()), wanted, delta=0.003)
            self.assertLess(abs(float(torch.corrcoef(torch.stack([x.flatten(), y.flatten()]))[0, 1])) if wanted else 0, 0.02)
        task, x, y = drawn("blind-spot")
        noisy, hidden = y.chunk(2, dim=1)
        self.assertAlmostEqual(float(hidden.mean()), task.HIDDEN, delta=0.005)
        self.assertTrue(torch.equal(x[hidden == 0], noisy[hidden == 0]))
        self.assertLess(float((x == noisy)[hidden == 1].float().mean()), 0.01)
        # What is not hidden does not count.
        made = torch.where(hidden == 1, noisy, torch.zeros_like(noisy))
        self.assertAlmostEqual(float(task.loss(made, y)), 10 * math.log10(5e-5), places=3)
        _, told, _ = drawn("clean", told=True)
        self.assertTrue(torch.equal(told.sigma, torch.full((8, 1, 1, 1), 25.0)))

    def test_facts_of_tasks_are_in_the_manifest(self) -> None:
        listed = json.loads((HERE.parent / "models" / "tasks.json").read_text())
        self.assertEqual(listed, task_facts(HERE), "run training/manifest.py")
        weighted = {config["task"] for path in HERE.glob("*.toml") if "network" in (config := read_config(path))}
        self.assertEqual({task["id"] for task in listed if "chain" not in task}, weighted)

    def test_every_configuration_has_a_network(self) -> None:
        for path in HERE.glob("*.toml"):
            config = read_config(path)
            if "network" in config:
                for strategy in config["strategies"]:
                    held = (strategy,) if config.get("separate") else tuple(config["strategies"])
                    net = network(config, task_of(config, Path()), held)
                    trained = sum(p.numel() for p in net.single(strategy).parameters() if p.requires_grad)
                    self.assertLess(trained, 1.5e6, path.name)


class Files(unittest.TestCase):
    """Damage as files have it."""

    def setUp(self) -> None:
        self.settings = copy.deepcopy(read_config(HERE / "denoise.toml")["data"]["files"])
        self.clean = torch.rand(3, 80, 80, generator=torch.Generator().manual_seed(1))

    def damaged(self, **settings: object) -> tuple[torch.Tensor, torch.Tensor]:
        return Damage(self.settings | settings, torch.Generator().manual_seed(0))(self.clean)

    def test_demosaicing_keeps_what_has_one_color(self) -> None:
        for malvar in (False, True):
            made = demosaic(torch.full((8, 10), 0.3), malvar)
            self.assertEqual(made.shape, (3, 8, 10))
            self.assertTrue(torch.allclose(made, torch.full_like(made, 0.3), atol=1e-6))

    def test_demosaicing_keeps_what_the_sensor_saw(self) -> None:
        mosaic, masks = torch.rand(8, 10), bayer(8, 10)
        for malvar in (False, True):
            self.assertTrue(torch.allclose(demosaic(mosaic, malvar) * masks, mosaic * masks, atol=1e-6))

    def test_a_clean_file_is_what_it_was(self) -> None:
        x, clean = self.damaged(kinds={"clean": 1.0}, compressed=0, gray=0)
        self.assertTrue(torch.allclose(x, (clean * 255).round() / 255, atol=1e-6))

    def test_a_gray_file_stays_gray(self) -> None:
        for kind in ("noise", "jpeg", "clean"):
            for picture in self.damaged(kinds={kind: 1.0}, gray=1):
                self.assertTrue(torch.equal(picture[0], picture[1]) and torch.equal(picture[1], picture[2]), kind)

    def test_every_kind_of_noise_is_drawn_at_its_strength(self) -> None:
        noise = {"gaussian": {"range": [25, 25], "often": 1}}
        for channels in self.settings["channels"]:
            for grain in self.settings["grain"]:
                settings = dict(kinds={"noise": 1.0}, noise=noise, channels={channels: 1.0}, grain={grain: 1.0})
                self.clean = torch.full((3, 80, 80), 0.5)
                x, clean = self.damaged(**settings, gray=0, toned=0, compressed=0)
                self.assertAlmostEqual(float((x - clean).std()) * 255, 25, delta=2, msg=f"{channels} {grain}")

    def test_patches_begin_with_a_block_or_anywhere_in_one(self) -> None:
        settings = self.settings | {"kinds": {"clean": 1.0}, "compressed": 0, "gray": 0}
        for aligned, wanted in ((0, range(11, 21)), (1, [1])):
            damage = Damage(settings | {"aligned": aligned}, torch.Generator().manual_seed(0))
            corners = {tuple(damage.cropped(self.clean)[1][:, 0, 0].tolist()) for _ in range(20)}
            self.assertIn(len(corners), wanted)

    def test_a_worse_jpeg_is_further_from_the_picture(self) -> None:
        smooth = torch.linspace(0, 1, 64).expand(1, 3, 64, 64)
        errors = [float((jpeg(smooth, quality) - smooth).square().mean()) for quality in (95, 50, 10)]
        self.assertEqual(errors, sorted(errors))
        self.assertEqual(jpeg(smooth[:, :1], 90).shape, (1, 1, 64, 64))


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
            self.assertFalse(torch.allclose(net(seen), net(seen._replace(hints=hints))))

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


class Training(unittest.TestCase):
    def test_inner_convolutions_take_orthogonal_steps(self) -> None:
        """Muon's five iterations bring the singular values of a step near 1, times 0.2 sqrt(longer side) as AdamW's."""
        torch.manual_seed(0)
        net = UNet(widths=(8, 16), strategies=STRATEGIES).to(memory_format=torch.channels_last)
        before = {name: weight.detach().clone() for name, weight in net.named_parameters()}
        optimizer, rate = MuonAdamW(net, 1e-3, 0.0), 1e-3
        net.strategy = "bilinear"
        net(torch.rand(2, 3, 16, 16)).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()
        self.assertTrue(all(weight.grad is None for weight in net.parameters()))
        steps = {name: (before[name] - weight.detach()) / rate for name, weight in net.named_parameters()}
        for name in ("enc1.conv2", "bottleneck.conv1", "up1.bilinear.conv", "dec1.conv1"):
            step = matrix(steps[f"{name}.weight"])
            values = torch.linalg.svdvals(step) / (0.2 * max(step.shape) ** 0.5)
            self.assertGreater(values.median().item(), 0.6, name)
            self.assertLess(values.max().item(), 1.3, name)
        for name in ("enc1.conv1.weight", "head.weight", "head.bias"):
            self.assertAlmostEqual(steps[name].abs().median().item(), 1, delta=0.01, msg=name)
        idle = [name for name, step in steps.items() if not step.any()]
        self.assertTrue(any("transposed-conv" in name for name in idle), idle)
        with self.assertRaisesRegex(ValueError, "channels-last"):
            MuonAdamW(UNet(widths=(8, 16), strategies=("bilinear",)), 1e-3, 0.0)

    def test_a_critic_tells_what_is_drawn_from_what_is_seen(self) -> None:
        torch.manual_seed(0)
        critic, told = Critic(), []
        for _ in range(40):
            made = torch.rand(4, 3, 32, 32).round().requires_grad_()
            told.append(critic.loss(made, torch.rand(4, 3, 1, 1).expand(-1, -1, 32, 32)))
        told[-1].backward()
        self.assertGreater(told[-1].item(), 2 * told[0].item())
        self.assertGreater(made.grad.abs().sum().item(), 0)

    def test_networks_that_are_compared_begin_alike(self) -> None:
        config = read_config(HERE / "seeds.toml")
        nets = [net.state_dict() for net in alike(config, task_of(config, HERE), 0)]
        for name in set.intersection(*(set(net) for net in nets)):
            self.assertTrue(all(torch.equal(net[name], nets[0][name]) for net in nets), name)
        others = alike(config, task_of(config, HERE), 1)
        self.assertFalse(torch.equal(others[0].enc1.conv1.weight, nets[0]["enc1.conv1.weight"]))

    def test_bold_is_what_is_best_as_printed(self) -> None:
        scores = {"nearest": (30.0, 0.734), "bilinear": (30.2, 0.726), "max-unpool": (30.12, 0.733)}
        entries = [
            dict(strategy=s, scores={"set": db, "IoU": iou}, steps=1, minutes=1, parameters=1, flops_per_pixel=1)
            for s, (db, iou) in scores.items()
        ]
        rows = table(entries, 0.1).splitlines()
        self.assertEqual(rows[2], "| set | 30.00 | **30.20** | **30.12** |")
        self.assertEqual(rows[3], "| IoU | **0.73** | **0.73** | **0.73** |".replace("**", ""))
        entries[0]["scores"] = {"IoU": 0.736}
        rows = table(entries, 0.1).splitlines()
        self.assertEqual(rows[2], "| IoU | **0.74** | 0.73 | 0.73 |")
        self.assertEqual(rows[3], "| set |  | **30.20** | **30.12** |")

    def test_the_spread_of_seeds_is_within_strategies(self) -> None:
        psnr = {"nearest": {"0": 30.0, "1": 30.1, "2": 30.2}, "bilinear": {"0": 31.3, "1": 31.0, "2": 31.3}}
        self.assertEqual(spread(psnr), round(((0.1**2 + 0.03) / 2) ** 0.5, 3))
        self.assertEqual(spread({"nearest": {"0": 30.0}}), 0.0)

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

    def test_workers_and_restarts_draw_what_was_not_drawn_before(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            config, args = small_run(folder)
            both = ("bilinear", "max-unpool")
            leader, worker = (Run(config, args, both, folder / "run", Team(rank, 2)) for rank in range(2))
            self.assertTrue(torch.equal(leader.draws.get_state(), worker.draws.get_state()))
            first = leader.task.batch(2)[0]
            self.assertFalse(torch.equal(first, worker.task.batch(2)[0]))
            run = Run(config, args, both, folder / "run", Team())
            for _ in range(3):
                run.train_step(0.0)
            run.save()
            resumed = Run(config, args, both, folder / "run", Team())
            for generator in ("generator", "draws"):
                self.assertTrue(torch.equal(getattr(resumed, generator).get_state(), getattr(run, generator).get_state()))
            alone = [Run(config, args, (strategy,), folder / "run" / strategy, Team()) for strategy in both]
            one, other = (run.task.batch(2)[0] for run in alone)
            self.assertTrue(torch.equal(one, other))
            self.assertFalse(torch.equal(one, first))

    def test_a_run_resumes_where_it_stopped_and_exports(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            config, args = small_run(folder)
            run = (config, args, ("bilinear", "max-unpool"), folder / "run", Team())
            Run(*run).train()
            first = torch.load(folder / "run" / "checkpoint.pt", weights_only=True)
            args.budget_minutes = first["spent"] / 60 + 0.01  # more than it took, however slow the machine was
            resumed = Run(*run)
            self.assertEqual(resumed.step, first["step"])
            self.assertGreaterEqual(resumed.spent, 1.2)
            for key, value in resumed.net.state_dict().items():
                self.assertTrue(torch.equal(value, first["weights"][key]), key)
            resumed.train()
            self.assertGreater(resumed.step, first["step"])
            self.assertEqual(len((folder / "run" / "curve.csv").read_text().splitlines()), 3)
            unfinished = torch.load(folder / "run" / "checkpoint.pt", weights_only=True) | {"finished": -1}
            for state, looks in ((None, 3), (unfinished, 4)):
                if state:
                    torch.save(state, folder / "run" / "checkpoint.pt")
                Run(*run).train()
                self.assertEqual(len((folder / "run" / "curve.csv").read_text().splitlines()), looks)
            args.budget_minutes = None
            usual_budget(config, args)
            self.assertEqual(args.budget_steps, round(0.2 * resumed.step))
            alone = Run(config, args, ("max-unpool",), folder / "run" / "max-unpool", Team())
            for key, value in alone.net.state_dict().items():
                self.assertTrue(torch.equal(value, resumed.average.net.state_dict()[key]), key)
            alone.train()
            self.assertEqual(alone.step, args.budget_steps)
            spent = (resumed.spent / 60, (resumed.spent + alone.spent) / 60)
            steps = (resumed.step, resumed.step + alone.step)
            for strategy, count, minutes in zip(("bilinear", "max-unpool"), steps, spent):
                net, went_into = trained(folder / "run", strategy)
                self.assertEqual((went_into["steps"], went_into["seed"]), (count, 5))
                self.assertAlmostEqual(went_into["minutes"], minutes, delta=0.06)
                model = halve(to_onnx(net))
                check(model, net)
                write(model, facts_of(config, net, strategy, {}, went_into), folder / f"denoise-{strategy}.onnx")
            (half, _), (refined, _) = (trained(folder / "run", "max-unpool", part) for part in (0.5, 0.0))
            for key, value in half.state_dict().items():
                shared = resumed.average.net.state_dict()[key]
                torch.testing.assert_close(value, (refined.state_dict()[key] + shared) / 2, msg=key)
            args.models = folder
            onward = Run(config, args, ("bilinear", "max-unpool"), folder / "elsewhere", Team())
            self.assertEqual(onward.before[0], steps[1])
            self.assertAlmostEqual(onward.before[1], 60 * spent[1], delta=6)
            config |= {"task": "super-resolve", "after": "denoise"}
            source, state = initial_weights(config, config["strategies"], folder / "later", folder / "none", folder)
            self.assertEqual(source, "denoise-bilinear.onnx, denoise-max-unpool.onnx")
            self.assertEqual(state["step"], steps[1])


if __name__ == "__main__":
    unittest.main()
