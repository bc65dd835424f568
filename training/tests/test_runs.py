"""Steps of training, and whole runs."""

from __future__ import annotations

import copy
import tempfile
import unittest
from pathlib import Path

import torch
from export import check, facts_of, halve, to_onnx, trained, write
from model import STRATEGIES, UNet
from optimizer import MuonAdamW, matrix
from tasks.critic import Critic
from team import Team
from train import Run, last_blocks, moved, usual_budget
from transfer import TransferUNet
from weights import initial_weights

from tests.small import small_run


class Steps(unittest.TestCase):
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

    def test_refined_weights_take_smaller_steps(self) -> None:
        net = TransferUNet(widths=(16, 8, 8, 8)).to(memory_format=torch.channels_last)
        refined = last_blocks(net, len(net.encoder.blocks) - 1)
        for weight in refined:
            weight.requires_grad_(True)
        before = {name: weight.detach().clone() for name, weight in net.named_parameters()}
        optimizer = MuonAdamW(net, 1e-3, 0.0, refined, 0.1)
        optimizer.set_rate(1e-2)
        torch.nn.init.normal_(net.head.weight)
        before["head.weight"] = net.head.weight.detach().clone()
        net(torch.rand(1, 3, 64, 64)).square().mean().backward()
        optimizer.step()
        steps = {name: (weight.detach() - before[name]).abs().max().item() for name, weight in net.named_parameters()}
        moved = {name for name, step in steps.items() if name.startswith("encoder.") and step}
        last = f"encoder.blocks.{len(net.encoder.blocks) - 1}."
        self.assertTrue(moved and all(name.startswith(last) for name in moved), moved)
        self.assertAlmostEqual(steps[f"{last}project.weight"], 1e-3, delta=1e-5)
        self.assertAlmostEqual(steps["head.bias"], 1e-2, delta=1e-4)

    def test_a_critic_tells_what_is_drawn_from_what_is_seen(self) -> None:
        torch.manual_seed(0)
        critic, told = Critic(), []
        for _ in range(40):
            made = torch.rand(4, 3, 32, 32).round().requires_grad_()
            told.append(critic.loss(made, torch.rand(4, 3, 1, 1).expand(-1, -1, 32, 32)))
        told[-1].backward()
        self.assertGreater(told[-1].item(), 2 * told[0].item())
        self.assertGreater(made.grad.abs().sum().item(), 0)


class Runs(unittest.TestCase):
    def test_masks_move_as_they_are(self) -> None:
        frames, masks = torch.rand(2, 3, 4, 5), torch.zeros(2, 4, 5, dtype=torch.long)
        self.assertTrue(moved(frames, frames.device).is_contiguous(memory_format=torch.channels_last))
        self.assertTrue(torch.equal(moved(masks, masks.device), masks))

    def test_the_mean_with_the_start_is_taken_in_the_end(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            config, args = small_run(folder)
            args.fine_tune = None
            run = Run(config, args, ("bilinear", "max-unpool"), folder / "run", Team())
            run.start, run.refinement = copy.deepcopy(run.net.state_dict()), {"of_start": 0.25}
            run.train_step(0.0)
            trained = copy.deepcopy(run.average.net.state_dict())
            run.mean_with_start()
            for key, value in run.average.net.state_dict().items():
                torch.testing.assert_close(value, 0.75 * trained[key] + 0.25 * run.start[key], msg=key)

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
                write(model, facts_of(config, net, strategy, {}, went_into), folder / f"denoise-{strategy}.onnx", config)
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
