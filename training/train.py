"""Trains one task, resumably, within a budget of minutes; the learning rate ends at zero when the budget does.

    python train.py denoise.toml --data ../../shared/data --budget-minutes 90
    python train.py denoise.toml --data ../../shared/data --fine-tune bilinear

The strategies of a configuration are trained as one network, whose upsampler is drawn at random each step; then each alone,
from there, for the same number of steps. Those of a configuration that says `separate` are networks of their own, trained one after
the other, each within the budget. A run starts from the first of: its own checkpoint, with --fine-tune that of the
shared run, a checkpoint of the same name in ../../shared/checkpoints, weights in ../models.
"""

from __future__ import annotations

import argparse
import copy
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from config import of_network, read_config
from curve import Curve
from encoder import Features, pretrained
from model import flops_per_pixel, parameters
from networks import Net, Told, build, encoder_of
from norms import freeze, settle
from optimizer import MuonAdamW
from restoration import Noisy
from samples import write_samples
from scoring import Network, first, padded
from tasks import Task, task_of
from team import Team, together
from torch import Tensor, nn
from transfer import Seen
from weights import initial_weights, opened, start_from, total

CHECKPOINT_SECONDS = 180
WARM_UP = 0.02
# Batches that the statistics of the norms are taken of in the end.
SETTLE = 100
HERE = Path(__file__).parent
# What a network takes or should make: pictures, with what it is told of them or what a frozen encoder made of them.
Inputs = Tensor | Told | Seen | Features | Noisy | None


def learning_rate(peak: float, done: float) -> float:
    """done: the part of the budget that is spent, 0-1."""
    if done < WARM_UP:
        return peak * (0.1 + 0.9 * done / WARM_UP)
    return peak * 0.5 * (1 + math.cos(math.pi * min(1.0, (done - WARM_UP) / (1 - WARM_UP))))


def descend(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    """One update at this learning rate."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()


def fast_precision(device: str) -> str:
    """bfloat16 halves the time where it is multiplied natively: on CUDA from Ampere on, on CPUs with AVX-512 for it."""
    if device.startswith("cuda"):
        native = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        native = torch.cpu.get_capabilities().get("avx512_bf16", False)
    return "bfloat16" if native else "float32"


def stream(seed: int, steps: int, rank: int = 0) -> int:
    """The seed of what is drawn from here on: another after each restart, and for each worker. PyTorch's generator of a CPU
    keeps 32 bits of it, so the ranks are spread over those."""
    return (seed + steps + 0x9E3779B1 * rank) % 2**32


def moved(x: Inputs, device: torch.device) -> Inputs:
    """To the device, pictures in channels-last order; masks (N x H x W) have no channels."""
    if x is None:
        return None
    if isinstance(x, Tensor):
        return x.to(device, memory_format=torch.channels_last if x.ndim == 4 else torch.preserve_format)
    return type(x)(*(moved(t, device) for t in x))


def network(config: dict, task: Task, strategies: Sequence[str]) -> Net:
    settings = dict(config["network"])
    kind = settings.pop("kind", "unet")
    return build(kind, dict(inputs=task.inputs, outputs=task.outputs, **settings), strategies)


def alike(config: dict, task: Task, seed: int) -> list[Net]:
    """A network for each strategy; all of them begin with the same weights but for the upsampling."""
    torch.manual_seed(seed)
    whole = network(config, task, config["strategies"])
    return [whole.single(strategy) for strategy in config["strategies"]]


@dataclass
class Budget:
    """Seconds or steps, over every restart."""

    seconds: float | None
    steps: int | None

    def done(self, steps: int, seconds: float) -> float:
        """The part of it that is spent, 0-1."""
        return steps / self.steps if self.steps else seconds / self.seconds


def last_blocks(net: Net, first: int) -> list[nn.Parameter]:
    """The weights of the encoder's blocks from this one on."""
    return [weight for block in encoder_of(net).blocks[first:] for weight in block.parameters()]


class Average:
    """Exponential moving average of the weights, with a short memory at the start."""

    def __init__(self, net: nn.Module, decay: float):
        self.net, self.decay = copy.deepcopy(net).eval(), decay

    @torch.no_grad()
    def update(self, net: nn.Module, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(list(self.net.parameters()), list(net.parameters()), 1 - decay)
        for mine, theirs in zip(self.net.buffers(), net.buffers()):
            mine.lerp_(theirs, 1 - decay) if mine.is_floating_point() else mine.copy_(theirs)


class Run:
    """strategies: one or more; `folder` is where the run's checkpoint, curve and samples are."""

    def __init__(self, config: dict, args: argparse.Namespace, strategies: tuple[str, ...], folder: Path, team: Team):
        self.config, self.folder, self.team = config, folder, team
        self.folder.mkdir(parents=True, exist_ok=True)
        self.device = torch.device(args.device)
        self.half = (args.precision or fast_precision(args.device)) == "bfloat16"
        training = config["training"]
        self.seed = seed = training["seed"] if args.seed is None else args.seed
        self.alone = args.fine_tune is not None
        self.rate = training["fine_tune_rate" if self.alone else "rate"]
        self.budget = Budget(60 * args.budget_minutes if args.budget_minutes else None, args.budget_steps)
        self.generator = torch.Generator().manual_seed(seed)
        self.draws = torch.Generator().manual_seed(seed)
        torch.manual_seed(seed)

        self.task = task_of(config, args.data, self.generator)
        net = network(config, self.task, strategies)
        self.step, self.spent = 0, 0.0
        self.finished = -1  # the step at which its budget was spent
        if next(iter(self.task.held_out()), None) is None:
            raise SystemExit(f"{args.data}: there are no held-out pictures of {config['task']} to watch the training by")
        source, state = initial_weights(config, strategies, folder, args.checkpoints, args.models)
        self.say(f"{', '.join(strategies)}: starts from {source or 'random weights'}")
        pictures = self.task.load()
        if state is not None:
            start_from(net, state, self.task.batch)
        elif encoder := encoder_of(net):
            encoder.load_state_dict(pretrained().state_dict())
        # The strategies of a task share its encoder, also when each is trained alone in the end.
        self.refinement = None if self.alone else training.get("refine")
        self.refined = last_blocks(net, self.refinement["from_block"]) if self.refinement else []
        # The mean of these and of what training makes of them knows more of other pictures than either (Wortsman et al. 2022).
        self.start = copy.deepcopy(net.state_dict()) if self.refinement and "of_start" in self.refinement else {}
        self.net = net.to(self.device, memory_format=torch.channels_last)
        self.average = Average(self.net, training["ema"])
        share = self.refinement["rate"] if self.refinement else 1.0
        self.optimizer = MuonAdamW(self.net, self.rate, training["weight_decay"], self.refined, share)
        self.curve = Curve(self.folder)
        # Steps and seconds that went into the weights it starts from.
        self.before = total(state or {})
        self.generator.manual_seed(stream(seed, self.before[0], team.rank))
        self.draws.manual_seed(stream(seed, self.before[0]))
        if state is not None and state.get("strategies") == strategies:
            self.resume(state)
        self.forward = torch.compile(self.net) if self.device.type == "cuda" else self.net
        self.say(
            f"{parameters(self.net)} parameters, {flops_per_pixel(self.net) / 1000:.1f} kFLOP a pixel, "
            f"{pictures} pictures, {team.size} x {self.device}"
        )

    def resume(self, state: dict) -> None:
        self.step, self.spent, self.before = state["step"], state["spent"], state["before"]
        self.finished = state["finished"]
        self.net.load_state_dict(state["weights"])
        self.average.net.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.team.leads:
            self.generator.set_state(state["generator"])
        self.draws.set_state(state["draws"])
        self.curve.rows = state["curve"]
        self.start = state.get("start", self.start)

    def say(self, line: str) -> None:
        if self.team.leads:
            print(line, flush=True)

    def train_step(self, seconds: float) -> tuple[Tensor, float]:
        """One update; the batch's loss, and the leader's clock."""
        x, wanted = self.task.batch(self.config["data"]["batch"] // self.team.size)
        x = moved(x, self.device)
        drawn = int(torch.randint(len(self.net.strategies), (1,), generator=self.draws))
        self.net.strategy = self.net.strategies[drawn]
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            made = self.forward(x)
        several = tuple(one.float() for one in made) if isinstance(made, tuple) else made.float()
        loss = self.task.loss(several, moved(wanted, self.device))
        loss.backward()
        loss, seconds = self.team.agree(self.net, loss.detach(), seconds)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.average.update(self.net, self.step)
        return loss, seconds

    def mean_with_start(self) -> None:
        """In part the weights that the run began with, where [training.refine] of_start says which part."""
        share = self.refinement["of_start"] if self.start else 0.0
        weights = self.average.net.state_dict()
        for name, start in self.start.items():
            if start.is_floating_point():
                weights[name].lerp_(start.to(weights[name]), share)

    def settle(self) -> None:
        size = self.config["data"]["batch"]
        settle(self.average.net, (moved(self.task.batch(size)[0], self.device) for _ in range(SETTLE)))

    @torch.inference_mode()
    def evaluate(self) -> dict[str, float]:
        net, stride = self.average.net, self.config["evaluation"].get("stride", 1)

        def running(strategy: str) -> Network:
            def call(x: Tensor) -> Tensor:
                net.strategy = strategy
                return first(net(x.to(self.device))).float().cpu()

            return padded(call, net.multiple)

        runs = {strategy: running(strategy) for strategy in net.strategies}
        scores = {strategy: self.task.check(run, stride) for strategy, run in runs.items()}
        write_samples(self.folder / "samples.png", self.task, list(runs.values()), stride)
        return scores

    def save(self) -> None:
        state = dict(
            kind=self.net.kind, settings=self.net.settings, strategies=self.net.strategies, weights=self.net.state_dict(),
            average=self.average.net.state_dict(), optimizer=self.optimizer.state_dict(),
            generator=self.generator.get_state(), draws=self.draws.get_state(), step=self.step, spent=self.spent,
            before=self.before, finished=self.finished, curve=self.curve.rows, seed=self.seed, start=self.start,
        )  # fmt: skip
        partial = self.folder / "checkpoint.partial"
        torch.save(state, partial)
        partial.replace(self.folder / "checkpoint.pt")
        self.curve.write()

    def looks(self) -> int:
        """How many are due by now, by [evaluation]: one in so many minutes, or so many in all, evenly, the last of them at the end."""
        evaluation = self.config["evaluation"]
        if "looks" in evaluation:
            return math.ceil(evaluation["looks"] * self.budget.done(self.step, self.spent)) - 1
        return math.floor(self.spent / 60 / evaluation["every_minutes"])

    def look(self, losses: list[Tensor], speed: float) -> None:
        """Saves, whatever becomes of the look at it; then scores what there is, and says so."""
        self.save()
        done = self.budget.done(self.step, self.spent)
        average = float(torch.stack(losses).mean()) if losses else math.nan
        scores = self.evaluate()
        self.curve.add(self.step, self.spent, average, scores)
        self.say(
            f"step {self.step}, loss {average:.5f}, "
            + ", ".join(f"{s} {v:.3f}" for s, v in scores.items())
            + f" {self.task.unit}, {speed:.1f} steps/s, {self.spent * max(0, 1 / done - 1) / 60:.0f} min left"
        )

    def train(self) -> None:
        saved, looked = self.spent, self.looks()
        losses, first_step, first_spent = [], self.step, self.spent

        def speed() -> float:
            return (self.step - first_step) / max(1e-9, self.spent - first_spent)

        if self.alone:
            freeze(self.net)
        began = time.monotonic() - self.spent
        while (done := self.budget.done(self.step, self.spent)) < 1:
            self.optimizer.set_rate(learning_rate(self.rate, done))
            for weight in self.refined:
                weight.requires_grad_(done >= self.refinement["after"])
            loss, self.spent = self.train_step(time.monotonic() - began)
            if not self.team.leads:
                continue
            losses.append(loss)
            if (looks := self.looks()) > looked:
                self.look(losses, speed())
                losses, looked, saved = [], looks, self.spent
            elif self.spent - saved >= CHECKPOINT_SECONDS:
                self.save()
                saved = self.spent
        if self.team.leads and self.finished != self.step:
            self.finished = self.step
            if not self.alone:
                self.mean_with_start()
                self.settle()
            self.look(losses, speed())
            self.save()  # with the curve's last point


def usual_budget(config: dict, args: argparse.Namespace) -> None:
    """The configuration's minutes. Of a strategy alone, a share of the shared run's steps: as many for each."""
    training = config["training"]
    if not args.fine_tune:
        args.budget_minutes, args.budget_steps = training.get("minutes"), training.get("steps")
    elif shared := opened(args.out / "checkpoint.pt"):
        args.budget_steps = max(1, round(training["fine_tune"] * shared["step"]))
    else:
        raise SystemExit(f"there is no shared run in {args.out} to refine: give --budget-steps, the same for each strategy")


def start(config: dict, args: argparse.Namespace, team: Team) -> None:
    if args.threads:
        torch.set_num_threads(args.threads)
    if not args.budget_minutes and not args.budget_steps:
        usual_budget(config, args)
    if config.get("separate"):
        for name in args.only or config["strategies"]:
            Run(of_network(config, name), args, (name,), args.out / name, team).train()
    else:
        strategies = (args.fine_tune,) if args.fine_tune else tuple(config["strategies"])
        Run(config, args, strategies, args.out / (args.fine_tune or ""), team).train()


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds restore/, color/, segment/, eval/")
    parser.add_argument("--out", type=Path, help="folder of this configuration's runs; default runs/<its name>")
    parser.add_argument("--fine-tune", metavar="STRATEGY", help="train this one alone, from where the shared run ended")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="of a configuration of separate networks, these")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--budget-minutes", type=float, help="of training in all, over every restart")
    budget.add_argument("--budget-steps", type=int, help="the same in steps")
    elsewhere = HERE.parents[1] / "shared" / "checkpoints"
    parser.add_argument("--checkpoints", type=Path, default=elsewhere, help="made elsewhere, <configuration>.pt; %(default)s")
    parser.add_argument("--models", type=Path, default=HERE.parent / "models", help="what was exported; %(default)s")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), help="of activations; default: the faster one")
    parser.add_argument("--seed", type=int, help="in place of the configuration's")
    parser.add_argument("--threads", type=int, help="CPU threads of each worker")
    parser.add_argument("--workers", type=int, default=1, help="processes that share each batch (CPU)")
    return parser


def main() -> None:
    parser = arguments()
    args = parser.parse_args()
    config = read_config(args.config)
    args.out = args.out or HERE / "runs" / args.config.stem
    if config["data"]["batch"] % args.workers:
        parser.error(f"a batch of {config['data']['batch']} cannot be shared by {args.workers} workers")
    if args.workers > 1 and args.device != "cpu":
        parser.error("--workers share the cores of a CPU; give --device cpu")
    for given, wanted in ((args.fine_tune, False), (args.only, True)):
        if given and bool(config.get("separate")) != wanted:
            parser.error(f"{args.config}: --only is for separate networks, --fine-tune for those that shared a run")
    for name in args.only or ():
        if name not in config["strategies"]:
            parser.error(f"unknown network {name!r}; one of {', '.join(config['strategies'])}")
    if args.fine_tune and "fine_tune_rate" not in config["training"]:
        parser.error(f"{args.config}: [training] has no fine_tune_rate, at which a strategy alone would be trained")
    if args.fine_tune and args.fine_tune not in config["strategies"]:
        parser.error(f"unknown strategy {args.fine_tune!r}; one of {', '.join(config['strategies'])}")
    together(args.workers, start, config, args)


if __name__ == "__main__":
    main()
