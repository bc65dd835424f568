"""Colorize, denoise and colorize, edges to scene: whole small frames."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

import degrade
import lab
from data import load_shards
from scoring import Network, onnx_network, padded, psnr

from .base import Task, mean
from .critic import Critic

# Nearly the photos of 00066, 00170 and 00156, which are held out.
HELD_OUT_TOO = ("05121", "05488", "11997")
CHROMA = 128  # a* and b* of a network's output 1


class Color(Task):
    """[data] shards, side, zoom (the part of a frame that is seen, at least), only (pattern of names, optional), balance (a
    collection of n frames is drawn as if it had n^balance)."""

    def load(self) -> int:
        only = self.settings.get("only", ["*"])

        def wanted(name: str) -> bool:
            return not name.startswith(HELD_OUT_TOO) and any(fnmatch(name, pattern) for pattern in only)

        shards = sorted(self.data.glob(self.settings["shards"]))
        collections: dict[str, list[Tensor]] = {}
        for name, frame in load_shards(shards, 16, wanted):
            collections.setdefault(name.split(".")[-2], []).append(frame)
        self.collections = list(collections.values())
        self.often = torch.tensor([float(len(frames)) for frames in self.collections]) ** self.settings.get("balance", 1)
        return sum(len(frames) for frames in self.collections)

    def frame(self) -> Tensor:
        """A random part of a random frame, often mirrored, never turned: the sky is above."""
        frames = self.collections[self.pick(self.often)]
        picture, side = frames[self.draw(len(frames))], self.settings["side"]
        least = self.settings["zoom"]
        part = least + (1 - least) * float(torch.rand(1, generator=self.generator))
        height, width = (max(1, round(part * n)) for n in picture.shape[1:])
        y, x = self.draw(picture.shape[1] - height + 1), self.draw(picture.shape[2] - width + 1)
        seen = picture[None, :, y : y + height, x : x + width].float() / 255
        if (height, width) != (side, side):
            seen = functional.interpolate(seen, (side, side), mode="bilinear", antialias=True)
        return seen.flip(3) if self.draw(2) else seen

    def frames_of(self, size: int) -> Tensor:
        return torch.cat([self.frame() for _ in range(size)])

    def validation(self, stride: int = 1) -> Iterator[tuple[int, Tensor]]:
        pictures = load_shards(sorted(self.data.glob("color/val-*.tar")), 16)
        for index, (_, picture) in list(enumerate(pictures))[::stride]:
            yield index, picture[None].float() / 255


def chroma(rgb: Tensor) -> float:
    """Mean of sqrt(a*^2 + b*^2)."""
    return float(lab.from_rgb(rgb)[:, 1:].square().sum(1).sqrt().mean())


def joined(lightness: Tensor, ab: Tensor) -> Tensor:
    """RGB of what colorize takes and gives."""
    return lab.to_rgb(torch.cat([lightness * 100, ab * CHROMA], dim=1))


class Colorize(Color):
    """L* of 0-1 to a*, b* of 128ths. Squared error finds the mean of the colours that are likely, which is pale; `vividness`
    scales it, against a little of the score."""

    inputs, outputs = 1, 2

    def split(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        whole = lab.from_rgb(rgb)
        return whole[:, :1] / 100, whole[:, 1:] / CHROMA

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        return self.split(self.frames_of(size))

    def loss(self, made: Tensor, wanted: Tensor) -> Tensor:
        return functional.huber_loss(made * CHROMA / 10, wanted * CHROMA / 10)

    def held_out(self, stride: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        for _, rgb in self.validation(stride):
            yield self.split(rgb)

    def check(self, run: Network, stride: int) -> float:
        return self.scores(run, stride)[0]

    def scores(self, run: Network, stride: int = 1) -> tuple[float, float]:
        """PSNR gained over gray, and chroma as a part of the truth's."""
        gains, made, true = [], [], []
        for _, rgb in self.validation(stride):
            lightness, ab = self.split(rgb)
            colored = joined(lightness, run(lightness))
            gains.append(psnr(colored, rgb) - psnr(joined(lightness, 0 * ab), rgb))
            made.append(chroma(colored))
            true.append(chroma(rgb))
        return mean(gains), sum(made) / sum(true)

    def report(self, run: Network) -> dict[str, float]:
        gain, part = self.scores(run)
        return {"color/val gain over gray": gain, "color/val chroma of the truth": part}

    def show(self, x: Tensor, y: Tensor) -> Tensor:
        return joined(x, y)


class ToColor(Color):
    """One channel in, RGB out."""

    inputs = 1

    def input(self, rgb: Tensor, generator: torch.Generator, training: bool) -> Tensor:
        raise NotImplementedError

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        rgb = self.frames_of(size)
        return self.input(rgb, self.generator, training=True), rgb

    def loss(self, made: Tensor, wanted: Tensor) -> Tensor:
        """Absolute error in RGB, and squared error of what is not gray, which absolute error would leave out."""
        color = functional.mse_loss(*(8 * (x - degrade.luma(x)) for x in (made, wanted)))
        return functional.l1_loss(made, wanted) + 0.1 * color

    def held_out(self, stride: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        for index, rgb in self.validation(stride):
            yield self.input(rgb, torch.Generator().manual_seed(index), training=False), rgb

    def check(self, run: Network, stride: int) -> float:
        return mean([psnr(run(x).clamp(0, 1), rgb) for x, rgb in self.held_out(stride)])

    def report(self, run: Network) -> dict[str, float]:
        cases = [(run(x).clamp(0, 1), rgb) for x, rgb in self.held_out()]
        part = sum(chroma(y) for y, _ in cases) / sum(chroma(rgb) for _, rgb in cases)
        return {"color/val": mean([psnr(y, rgb) for y, rgb in cases]), "color/val chroma of the truth": part}


class DenoiseColorize(ToColor):
    """[data] sigma: range of the Gaussian noise on the luma, of 255; 25 of held-out frames."""

    def input(self, rgb: Tensor, generator: torch.Generator, training: bool) -> Tensor:
        drawn = degrade.uniform(len(rgb), *self.settings["sigma"], generator) if training else torch.full((len(rgb),), 25.0)
        return degrade.add_gaussian(degrade.luma(rgb), drawn / 255, generator)

    def report(self, run: Network) -> dict[str, float]:
        return super().report(run) | {"color/val, denoise and then colorize": self.one_after_the_other()}

    @cache
    def one_after_the_other(self) -> float:
        """The shipped files of both tasks, bilinear."""
        models = Path(__file__).parents[2] / "models"
        denoise, colorize = (padded(onnx_network(models / f"{task}-bilinear.onnx"), 16) for task in ("denoise", "colorize"))
        values = []
        for x, rgb in self.held_out():
            gray = degrade.luma(denoise(x.expand(-1, 3, -1, -1)).clamp(0, 1)).expand(-1, 3, -1, -1)
            lightness = lab.from_rgb(gray)[:, :1]
            values.append(psnr(joined(lightness / 100, colorize(lightness / 100)), rgb))
        return mean(values)


class EdgesToScene(ToColor):
    """Many scenes have the same edges, and the mean of them is gray: [training] adversarial is the weight of a critic's word."""

    def load(self) -> int:
        self.critic = Critic()
        return super().load()

    def input(self, rgb: Tensor, generator: torch.Generator, training: bool) -> Tensor:
        drawn = degrade.edges(rgb)
        if not training:
            return drawn
        # As faint as the lines of a large drawing get when it is reduced.
        return drawn * degrade.uniform(len(rgb), 0.4, 1, generator).view(-1, 1, 1, 1)

    def loss(self, made: Tensor, wanted: Tensor) -> Tensor:
        return super().loss(made, wanted) + self.config["training"]["adversarial"] * self.critic.loss(made, wanted)
