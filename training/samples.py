"""A few held-out pictures as a network makes them with each upsampler, to look at while it trains."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image
from scoring import Network
from tasks import Task
from torch import Tensor
from torch.nn import functional

ROWS, SIDE = 6, 192


def to_picture(x: Tensor) -> Image.Image:
    """1 x 3 x H x W, 0-1."""
    return Image.fromarray((x[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).contiguous().cpu().numpy())


def square(x: Tensor) -> Tensor:
    """The middle, SIDE pixels wide; smaller pictures are enlarged pixel by pixel."""
    factor = -(-SIDE // min(x.shape[2:]))
    x = functional.interpolate(x, scale_factor=float(factor), mode="nearest")
    top, left = ((n - SIDE) // 2 for n in x.shape[2:])
    return x[:, :, top : top + SIDE, left : left + SIDE]


def write_samples(path: Path, task: Task, runs: list[Network], stride: int) -> None:
    """A row a picture, of every part of the held-out set: the input, and beside it what each of `runs` makes of it."""
    inputs = [x for x, _ in task.held_out(stride)]
    rows = []
    for x in inputs[:: max(1, len(inputs) // ROWS)][:ROWS]:
        rows.append(torch.cat([square(task.show_input(x)), *(square(task.show(x, run(x))) for run in runs)], dim=3))
    to_picture(torch.cat(rows, dim=2)).save(path)
