"""What a run's weights begin as."""

from __future__ import annotations

import copy
import tempfile
import unittest
from pathlib import Path

import torch
from cases.build import randomise
from config import read_config
from export import halve, to_onnx, write
from model import UNet
from tasks import task_of
from train import arguments, network
from weights import file_name, initial_weights, latest, load_matching, onnx_weights, start_from

from tests.small import HERE, WIDTHS


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

    def test_what_strategies_share_stands_once(self) -> None:
        strategies, config = ("nearest", "pixel-shuffle"), self.config | {"shares_weights": ""}
        net, models = randomise(UNet(widths=WIDTHS, strategies=strategies), "shared"), self.folder / "models"
        for strategy in strategies:
            path = models / f"denoise-{strategy}.onnx"
            write(halve(to_onnx(net.single(strategy))), {"steps": 1}, path, config)
            self.assertLess(path.stat().st_size, 40_000)
            stored = onnx_weights(path)
            for name, value in net.single(strategy).state_dict().items():
                torch.testing.assert_close(stored[name].float(), value.half().float(), msg=name)
        self.assertEqual([path.name for path in models.glob("*.data")], ["denoise.onnx.data"])
        other = randomise(UNet(widths=WIDTHS), "other")
        with self.assertRaisesRegex(RuntimeError, "holds other weights"):
            write(halve(to_onnx(other)), {"steps": 1}, models / "denoise-bilinear.onnx", config)

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
            write(to_onnx(single), facts, self.folder / "models" / f"denoise-{strategy}.onnx", self.config)
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
