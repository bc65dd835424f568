"""python -m unittest, in this folder."""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
import tomllib
import unittest
from argparse import Namespace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from cases.build import randomise
from export import check, halve, load_average, to_onnx
from model import STRATEGIES, UNet, flops_per_pixel
from team import Team
from train import Run
from weights import initial_weights, load_matching

WIDTHS = (4, 8, 16)


def write_data(folder: Path) -> None:
    """Two noise pictures to train on, and one to evaluate."""
    random = np.random.default_rng(0)
    (folder / "restore").mkdir()
    (folder / "eval" / "CBSD68").mkdir(parents=True)
    with tarfile.open(folder / "restore" / "restore-000.tar", "w") as tar:
        for index in range(2):
            file = io.BytesIO()
            Image.fromarray(random.integers(0, 256, (80, 72, 3), np.uint8)).save(file, "PNG")
            info = tarfile.TarInfo(f"{index}.png")
            info.size = file.tell()
            file.seek(0)
            tar.addfile(info, file)
    Image.fromarray(random.integers(0, 256, (33, 41, 3), np.uint8)).save(folder / "eval" / "CBSD68" / "a.png")


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
        self.config = {"task": "denoise", "strategies": ["bilinear"]}
        for name in ("run", "elsewhere", "models"):
            (self.folder / name).mkdir()

    def found(self) -> str | None:
        where = (self.folder / n for n in ("run", "elsewhere", "models"))
        return initial_weights(self.config, *where)[0]

    def test_order(self) -> None:
        self.assertIsNone(self.found())
        net = randomise(UNet(widths=WIDTHS), "first")
        (self.folder / "models" / "denoise-bilinear.onnx").write_bytes(halve(to_onnx(net)).SerializeToString())
        self.assertEqual(self.found(), "denoise-bilinear.onnx")
        torch.save({"weights": {}}, self.folder / "elsewhere" / "denoise.pt")
        self.assertTrue(self.found().endswith("elsewhere/denoise.pt"))
        torch.save({"weights": {}}, self.folder / "run" / "checkpoint.pt")
        self.assertTrue(self.found().endswith("run/checkpoint.pt"))

    def test_an_exported_file_gives_back_every_weight(self) -> None:
        net, other = randomise(UNet(widths=WIDTHS), "there"), UNet(widths=WIDTHS)
        (self.folder / "models" / "denoise-bilinear.onnx").write_bytes(halve(to_onnx(net)).SerializeToString())
        _, state = initial_weights(self.config, self.folder / "run", None, self.folder / "models")
        self.assertEqual(load_matching(other, state), [])
        for name, value in other.state_dict().items():
            torch.testing.assert_close(value, net.state_dict()[name].half().float(), msg=name)


class Training(unittest.TestCase):
    def test_a_run_resumes_where_it_stopped_and_exports(self) -> None:
        config = tomllib.loads((Path(__file__).parent / "denoise.toml").read_text())
        config |= {"widths": list(WIDTHS), "strategies": ["bilinear", "max-unpool"]}
        config["data"] |= {"batch": 2, "patch": 32}
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_data(folder)
            args = Namespace(
                out=folder / "run", device="cpu", precision="float32", budget_minutes=0.02, checkpoints=None,
                models=folder / "none", data=folder,
            )  # fmt: skip
            Run(config, args, Team()).train()
            first = torch.load(folder / "run" / "checkpoint.pt", weights_only=True)
            args.budget_minutes = 0.03
            resumed = Run(config, args, Team())
            self.assertEqual(resumed.step, first["step"])
            self.assertGreaterEqual(resumed.spent, 1.2)
            for key, value in resumed.net.state_dict().items():
                self.assertTrue(torch.equal(value, first["weights"][key]), key)
            resumed.train()
            self.assertGreater(resumed.step, first["step"])
            self.assertEqual(len((folder / "run" / "curve.csv").read_text().splitlines()), 3)
            for strategy in config["strategies"]:
                net, _ = load_average(folder / "run" / "checkpoint.pt", strategy)
                check(halve(to_onnx(net)), net)
            json.dumps(config["facts"])


if __name__ == "__main__":
    unittest.main()
