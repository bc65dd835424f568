"""What training, evaluation and export ask of a task."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import torch
from scoring import Network
from torch import Tensor


class Task(ABC):
    """Pictures are float, 0-1, N x C x H x W; the held-out ones are never trained on."""

    inputs = 3
    outputs = 3
    unit = "dB"

    def __init__(self, config: dict, data: Path, generator: torch.Generator):
        self.config, self.settings, self.data, self.generator = config, config["data"], data, generator

    def draw(self, below: int) -> int:
        """A random number from 0."""
        return int(torch.randint(below, (1,), generator=self.generator))

    def pick(self, often: Tensor) -> int:
        """A random place in `often`, which says how often each is drawn."""
        return int(torch.multinomial(often, 1, generator=self.generator))

    @abstractmethod
    def load(self) -> int:
        """Reads the pictures to train on; how many there are."""

    @abstractmethod
    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Random inputs, and what the network should make of them."""

    def loss(self, made: Tensor, wanted: Tensor) -> Tensor:
        """Absolute error, or by [training] loss: "mse", squared error, which the strongest damage rules; "psnr", the logarithm
        of each picture's own, with a floor of 43 dB, to which all damage counts alike (Chen et al. 2021)."""
        kind = self.config["training"].get("loss", "l1")
        if kind == "psnr":
            return (10 * torch.log10((made - wanted).square().mean(dim=(1, 2, 3)) + 5e-5)).mean()
        return {"l1": torch.nn.functional.l1_loss, "mse": torch.nn.functional.mse_loss}[kind](made, wanted)

    @abstractmethod
    def held_out(self, stride: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        """Every `stride`-th held-out input and what should come of it, one at a time."""

    @abstractmethod
    def check(self, run: Network, stride: int) -> float:
        """One number to watch while training, in `unit`; more is better."""

    @abstractmethod
    def report(self, run: Network) -> dict[str, float]:
        """Every number that a model card states."""

    def show(self, x: Tensor, y: Tensor) -> Tensor:
        """An output as 1 x 3 x H x W to look at."""
        return y.clamp(0, 1)

    def show_input(self, x: Tensor) -> Tensor:
        return x.clamp(0, 1).expand(-1, 3, -1, -1)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
