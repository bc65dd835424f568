"""Teaches exported networks that color to follow color hints, and leaves the rest as it is.

    python hints.py colorize.toml --data ../../shared/data

Training on photos alone barely does: most hints say what the network knows. Here a hint gives its surroundings of one color
another color at random, and away from it the network's own answer is what is wanted (distillation), so that files color
without hints as before. The first strategy learns for [hints] steps; the others, whose channels are multiples of its own (they
shared a run), begin with what it has learned and go on for [hints] further.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from config import read_config
from export import check, halve, optional_inputs, to_onnx, write
from manifest import write_manifest
from scoring import onnx_network, padded, psnr
from tasks import task_of
from tasks.color import Colorize, joined, mean
from train import learning_rate
from transfer import CHROMA, HINTS, Seen, TransferUNet
from weights import exported, facts, load_matching, onnx_weights

SAME = 12 / CHROMA  # colors that differ by less are one thing's
NEAR = 9  # cells: standard deviation of how far a hint reaches
MOST = 4  # hints in a picture
FARTHEST = 70 / CHROMA  # of the color that a hint gives from the true one


def opened(config: dict, path: Path, strategy: str) -> TransferUNet:
    """An exported network, its norms folded."""
    settings = {k: v for k, v in config["network"].items() if k != "kind"}
    net = TransferUNet(inputs=1, outputs=2, strategies=(strategy,), norm="none", **settings)
    weights = {name: tensor.float() for name, tensor in onnx_weights(path).items()}
    if missing := set(load_matching(net, weights)) - {"bins", "hints", "temperature"}:
        raise SystemExit(f"{path}: it lacks {', '.join(missing)}")
    return net.eval()


def readers(net: TransferUNet) -> dict[str, Tensor]:
    """The convolutions that read hints, in their last channels."""
    names = [name for name, _ in net.named_parameters() if name.startswith(("bottom.", "around.", "dec")) and name.endswith("weight")]
    return {name: net.get_parameter(name) for name in names}


@torch.no_grad()
def lend(taught: TransferUNet, before: TransferUNet, other: TransferUNet) -> None:
    """What `taught` has learned since `before`, for another strategy: of weights that were shared, each folded channel is a
    multiple of every other strategy's."""
    for name, weight in readers(other).items():
        own, old = taught.get_parameter(name), before.get_parameter(name)
        known = slice(0, weight.shape[1] - HINTS)
        mine, theirs = weight[:, known].flatten(1), old[:, known].flatten(1)
        factor = (mine * theirs).sum(1) / theirs.square().sum(1).clamp(min=1e-12)
        weight[:, -HINTS:] += factor.view(-1, 1, 1, 1) * (own[:, -HINTS:] - old[:, -HINTS:])


class Lessons:
    """Batches of frames whose hints give other colors."""

    def __init__(self, task: Colorize, generator: torch.Generator):
        self.task, self.generator = task, generator

    def uniform(self, low: float, high: float) -> float:
        return low + (high - low) * float(torch.rand(1, generator=self.generator))

    def hints(self, ab: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Of one picture's chroma, 2 x H x W: the hints, the chroma that they want, and how much of it (0-1), 1 x H x W."""
        _, height, width = ab.shape
        hints, wanted, share = torch.zeros(HINTS, height, width), ab.clone(), torch.zeros(1, height, width)
        rows, columns = torch.arange(height).view(-1, 1), torch.arange(width).view(1, -1)
        for _ in range(int(self.uniform(0.5, MOST + 1))):
            y, x = int(self.uniform(0, height)), int(self.uniform(0, width))
            angle, far = self.uniform(0, 2 * math.pi), self.uniform(0, FARTHEST)
            shift = torch.tensor([math.cos(angle), math.sin(angle)]) * (far if self.uniform(0, 1) < 0.75 else 0)
            here = ab[:, max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].mean((1, 2))
            near = torch.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * NEAR**2))
            reach = (near * ((ab - here.view(2, 1, 1)).norm(dim=0) < SAME))[None]
            moved = reach > share
            wanted = torch.where(moved, ab + shift.view(2, 1, 1), wanted)
            share = torch.maximum(share, reach)
            hints[:2, y, x], hints[2, y, x] = here + shift, 1
            share[0, y, x], wanted[:, y, x] = 1, here + shift
        return hints, wanted.clamp(-1, 1), share

    def batch(self, size: int) -> tuple[Seen, Tensor, Tensor]:
        seen, ab = self.task.batch(size)
        hints, wanted, share = (torch.stack(parts) for parts in zip(*map(self.hints, ab)))
        return seen._replace(hints=hints), wanted, share


def loss_of(task: Colorize, net: TransferUNet, before: TransferUNet, lesson: tuple[Seen, Tensor, Tensor]) -> Tensor:
    """Cross-entropy, near hints and elsewhere by halves."""
    seen, ab, share = lesson
    n, _, height, width = ab.shape
    with torch.no_grad():
        usual = torch.softmax(before.logits(seen._replace(hints=None)), dim=1)
        distances = task.distances(ab.permute(0, 2, 3, 1).reshape(-1, 2))
        soft = torch.softmax(-distances / 50, dim=1).view(n, height, width, -1).permute(0, 3, 1, 2)
        wanted = share * soft + (1 - share) * usual
    error = -(wanted * torch.log_softmax(net.logits(seen), dim=1)).sum(1, keepdim=True)
    return (share * error).sum() / share.sum() + ((1 - share) * error).sum() / (1 - share).sum()


def teach(net: TransferUNet, before: TransferUNet, task: Colorize, config: dict, steps: int) -> None:
    told = config["hints"]
    net.encoder.requires_grad_(False)
    reading = list(readers(net).values())
    others = [p for p in net.parameters() if p.requires_grad and not any(p is one for one in reading)]
    groups = [{"params": reading, "peak": told["rate"]}, {"params": others, "peak": told["rate_of_others"]}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0)
    lessons, total = Lessons(task, torch.Generator().manual_seed(config["training"]["seed"])), 0.0
    for step in range(1, steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(group["peak"], step / steps)
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(task, net, before, lessons.batch(told["batch"]))
        loss.backward()
        optimizer.step()
        total += float(loss)
        if step % 25 == 0:
            print(f"{net.strategy}: step {step} of {steps}, loss {total / 25:.4f}", flush=True)
            total = 0.0


@torch.inference_mode()
def followed(net: TransferUNet, task: Colorize, stride: int = 2) -> dict[str, float]:
    """How far from a hint's color its place comes out, of the distance of what comes out without it; and what one and three true
    hints gain over gray."""
    generator = torch.Generator().manual_seed(0)
    lessons, off, was, gains = Lessons(task, generator), [], [], {1: [], 3: []}
    for _, rgb in task.validation(stride):
        small = task.sized(rgb)
        lightness, ab = task.split(small)
        ab = functional.avg_pool2d(ab, 4)
        seen = net.see(lightness)
        side = ab.shape[2]
        y, x = (int(lessons.uniform(2, side - 2)) for _ in range(2))
        angle = lessons.uniform(0, 2 * math.pi)
        color = torch.tensor([math.cos(angle), math.sin(angle)]) * 50 / CHROMA
        hints = torch.zeros(1, HINTS, side, side)
        hints[0, :, y, x] = torch.cat([color, torch.ones(1)])
        for of, given in ((off, hints), (was, None)):
            made = net.chroma(net.logits(seen._replace(hints=given)))
            of.append(float((made[0, :, y, x] - color).norm()) * CHROMA)
        for count, of in gains.items():
            hints = torch.zeros(1, HINTS, side, side)
            for _ in range(count):
                y, x = (int(lessons.uniform(0, side)) for _ in range(2))
                hints[0, :, y, x] = torch.cat([ab[0, :, y, x], torch.ones(1)])
            made = functional.interpolate(net(seen._replace(hints=hints)), rgb.shape[2:], mode="bilinear", antialias=True)
            l, true = task.split(rgb)
            of.append(psnr(joined(l, made), rgb) - psnr(joined(l, 0 * true), rgb))
    return {
        "color/val chroma distance to a hint": mean(off),
        "color/val chroma distance to a hint, not given": mean(was),
        "color/val gain over gray, one hint": mean(gains[1]),
        "color/val gain over gray, three hints": mean(gains[3]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds color/")
    parser.add_argument("--models", type=Path, default=Path(__file__).parent.parent / "models")
    parser.add_argument("--threads", type=int)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    config = read_config(args.config)
    told = config["hints"]
    config["data"] |= {"most": told["most"], "views": 1}
    task = task_of(config, args.data, torch.Generator().manual_seed(config["training"]["seed"]))
    task.load()
    first: tuple[TransferUNet, TransferUNet] | None = None
    for strategy, path in exported(config, args.models, config["strategies"]).items():
        before = opened(config, path, strategy)
        net = copy.deepcopy(before)
        if first:
            lend(*first, net)
        steps = told["further"] if first else told["steps"]
        teach(net, before, task, config, steps)
        first = first or (net, before)
        model = halve(to_onnx(net))
        optional = optional_inputs(model)
        print(f"{strategy}: differs from PyTorch by {check(model, net):.1e} of the largest output", flush=True)
        scores = task.report(padded(onnx_network(model.SerializeToString()), net.multiple)) | followed(net, task)
        scores = {name: round(value, 3) for name, value in scores.items()}
        print(f"{strategy}: {json.dumps(scores, indent=1)}", flush=True)
        facts_now = facts(path) | {"scores": scores, "optional": optional, "hint_steps": told["steps"] + (told["further"] if first[0] is not net else 0)}
        write(model, facts_now, path)
    write_manifest(args.models)


if __name__ == "__main__":
    main()
