"""Colorize, denoise and colorize, edges to scene: whole small frames."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import degrade
import torch
from damage import MARGIN, Damage, OldLuma
from data import Patches, load_folder, load_shards
from restoration import Noisy
from scoring import Network, eight_bits, onnx_network, padded, psnr
from torch import Tensor
from torch.nn import functional
from transfer import CHROMA, HINTS, Seen, color_bins

import lab

from .base import Task, mean
from .critic import Critic

# Nearly the photos of 00066, 00170 and 00156, which are held out.
HELD_OUT_TOO = ("05121", "05488", "11997")


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
        return self.part(frames[self.draw(len(frames))])

    def part(self, picture: Tensor) -> Tensor:
        side, least = self.settings["side"], self.settings["zoom"]
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


class Tally:
    """Colors beside the true ones, over several pictures: N x 2 x H x W, a* and b*."""

    def __init__(self) -> None:
        self.hits = self.colored = 0
        self.made = self.true = 0.0

    def add(self, made: Tensor, true: Tensor) -> None:
        length, target = made.square().sum(1).sqrt(), true.square().sum(1).sqrt()
        alike = (made * true).sum(1) > math.cos(math.radians(45)) * length * target
        self.hits += int(((target >= 20) & (length >= 10) & alike).sum())
        self.colored += int((target >= 20).sum())
        self.made, self.true = self.made + float(length.mean()), self.true + float(target.mean())

    @property
    def right(self) -> float:
        """The part of the pixels with a chroma of 20 or more whose hue is within 45 degrees of the true one, at a chroma of 10 or more."""
        return self.hits / max(self.colored, 1)

    @property
    def part(self) -> float:
        """Mean chroma as a part of the true one."""
        return self.made / self.true


class Colorize(Color):
    """L* of 0-1 to a*, b* of 128ths, as classes of color: cross-entropy against soft targets, rare colors weighed up (Zhang, Isola
    and Efros 2016).

    [data] worn (how often the lightness is that of an old photo), hinted (how often colors are given).
    """

    inputs, outputs = 1, 2
    unit = "of hues"

    def split(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        whole = lab.from_rgb(rgb)
        return whole[:, :1] / 100, whole[:, 1:] / CHROMA

    def load(self) -> int:
        pictures = super().load()
        self.old = OldLuma(self.generator)
        self.bins = color_bins()
        self.weights = self.rebalanced()
        return pictures

    def view(self) -> tuple[Tensor, Tensor]:
        """Of a random frame: lightness, and chroma at a quarter of the resolution."""
        rgb = self.frame()
        lightness, ab = self.split(rgb)
        if float(torch.rand(1, generator=self.generator)) < self.settings["worn"]:
            lightness = self.split(self.old(degrade.luma(rgb)).expand(-1, 3, -1, -1))[0]
        return lightness, functional.avg_pool2d(ab, 4)

    def rebalanced(self) -> Tensor:
        """Of each bin: 1 / (0.2 p + 0.8 / n), p its part of the pixels, 1 on average over them; no more than 10."""
        ab = torch.cat([self.view()[1] for _ in range(2000)]).permute(0, 2, 3, 1).reshape(-1, 2)
        part = torch.bincount(self.nearest(ab), minlength=len(self.bins)) / len(ab)
        weights = 1 / (0.2 * part + 0.8 / len(self.bins))
        return (weights / (weights * part).sum()).clamp(max=10)

    def distances(self, ab: Tensor) -> Tensor:
        """Squared, of M x 2 (of 128ths) to each bin."""
        return torch.cdist(ab * CHROMA, self.bins, compute_mode="use_mm_for_euclid_dist").square()

    def nearest(self, ab: Tensor) -> Tensor:
        return self.distances(ab).argmin(1)

    def batch(self, size: int) -> tuple[Seen, Tensor]:
        frames, wanted = (torch.cat(tensors) for tensors in zip(*(self.view() for _ in range(size))))
        return Seen(frames, None, self.hints(wanted)), wanted

    def hints(self, wanted: Tensor) -> Tensor:
        """Of some frames none; else one to ten squares, of 1 to 7 pixels' side, with their mean color (Zhang et al. 2017)."""
        n, _, height, width = wanted.shape
        hints = torch.zeros(n, HINTS, height, width)
        for index in range(n):
            if float(torch.rand(1, generator=self.generator)) < self.settings["hinted"]:
                for _ in range(1 + self.draw(10)):
                    y, x, reach = self.draw(height), self.draw(width), self.draw(4)
                    rows, columns = slice(max(0, y - reach), y + reach + 1), slice(max(0, x - reach), x + reach + 1)
                    hints[index, :2, rows, columns] = wanted[index, :, rows, columns].mean((1, 2), keepdim=True)
                    hints[index, 2, rows, columns] = 1
        return hints

    def loss(self, made: Tensor, wanted: Tensor) -> Tensor:
        """Of a quarter of the pixels, which are much like their neighbors: the soft targets cost as much as the network."""
        y, x = self.draw(2), self.draw(2)
        made, wanted = made[..., y::2, x::2], wanted[..., y::2, x::2]
        flat = made.permute(0, 2, 3, 1).reshape(-1, made.shape[1])
        distances = self.distances(wanted.permute(0, 2, 3, 1).reshape(-1, 2))
        soft = torch.softmax(-distances / 50, dim=1)
        weight = self.weights[distances.argmin(1)]
        return -(weight * (soft * torch.log_softmax(flat, dim=1)).sum(1)).mean()

    def held_out(self, stride: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        for _, rgb in self.validation(stride):
            yield self.split(self.sized(rgb))

    def sized(self, rgb: Tensor) -> Tensor:
        side = self.settings["side"]
        return functional.interpolate(rgb, (side, side), mode="bilinear", antialias=True)

    def check(self, run: Network, stride: int) -> float:
        return self.scores(run, stride)[0]

    def scores(self, run: Network, stride: int = 1) -> tuple[float, float, float]:
        """The part of the hues that are right, chroma as a part of the truth's, and PSNR gained over gray, at the set's own size."""
        tally, gains = Tally(), []
        for _, rgb in self.validation(stride):
            lightness, ab = self.split(rgb)
            found = functional.interpolate(run(self.split(self.sized(rgb))[0]), rgb.shape[2:], mode="bilinear", antialias=True)
            tally.add(found * CHROMA, ab * CHROMA)
            gains.append(psnr(joined(lightness, found), rgb) - psnr(joined(lightness, 0 * ab), rgb))
        return tally.right, tally.part, mean(gains)

    def report(self, run: Network) -> dict[str, float]:
        hues, part, gain = self.scores(run)
        return {"color/val hues right": hues, "color/val chroma of the truth": part, "color/val gain over gray": gain}

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


class DenoiseColorize(Colorize):
    """Noisy luma, 0-1, to RGB: colors as `Colorize` learns them, of frames whose luma is noisy; clean luma of parts of sharp photos
    (`restore`) in gray files.

    [data] sigma: range of the noise of frames, of 255; 25 of held-out ones; worn: how many frames look like old photos; clean: how many of
    the others have no noise; parts: shards, patch and
    files (damage.py) of the photos whose luma is cleaned.
    """

    inputs, outputs = 1, 3

    def load(self) -> int:
        count = super().load()
        parts = self.settings["parts"]
        side = parts["patch"] + 2 * MARGIN
        photos = [picture for _, picture in load_shards(sorted(self.data.glob(parts["shards"])), side)]
        self.patches = Patches(photos, side, self.generator)
        self.files = Damage(parts["files"], self.generator)
        return count + len(photos)

    def noisy(self, luma: Tensor, sigma: float, generator: torch.Generator) -> Tensor:
        return degrade.add_gaussian(luma, torch.full((len(luma),), sigma / 255), generator)

    def batch(self, size: int) -> tuple[Noisy, Noisy]:
        frames, colors, parts, clean = [], [], [], []
        low, high = self.settings["sigma"]
        for wide in self.patches.batch(size):
            rgb = self.frame()
            luma = degrade.luma(rgb)
            drawn, worn, spared = torch.rand(3, generator=self.generator).tolist()
            if worn < self.settings["worn"]:
                luma = self.old(luma)
            elif spared >= self.settings["clean"]:
                luma = self.noisy(luma, low + (high - low) * drawn, self.generator)
            frames.append(luma)
            colors.append(functional.avg_pool2d(self.split(rgb)[1], 4))
            made, wanted = self.files.cropped(wide)
            parts.append(made[None, :1])
            clean.append(wanted[None, :1])
        return Noisy(torch.cat(parts), torch.cat(frames)), Noisy(torch.cat(clean), torch.cat(colors))

    def loss(self, made: tuple[Tensor, Tensor], wanted: Noisy) -> Tensor:
        luma, logits = made
        return Task.loss(self, luma, wanted.parts) + super().loss(logits, wanted.frames)

    def held_out(self, stride: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        for index, rgb in self.validation(stride):
            yield self.noisy(degrade.luma(rgb), 25.0, torch.Generator().manual_seed(index)), rgb

    def restored(self, run: Network, x: Tensor) -> Tensor:
        """As the engine runs a file that says `tiling: both`: colors of the frame at its usual size, luma of the picture itself."""
        colors = functional.interpolate(run(self.sized(x)), x.shape[2:], mode="bilinear", antialias=True)
        return (colors + degrade.luma(run(x)) - degrade.luma(colors)).clamp(0, 1)

    def scores(self, run: Network, stride: int = 1) -> tuple[float, float, float]:
        """The part of the hues that are right, chroma as a part of the truth's, and PSNR."""
        tally, values = Tally(), []
        for x, rgb in self.held_out(stride):
            made = self.restored(run, x)
            tally.add(lab.from_rgb(made)[:, 1:], lab.from_rgb(rgb)[:, 1:])
            values.append(psnr(made, rgb))
        return tally.right, tally.part, mean(values)

    def report(self, run: Network) -> dict[str, float]:
        hues, part, value = self.scores(run)
        scores = {"color/val hues right": hues, "color/val chroma of the truth": part, "color/val": value}
        return scores | {"Kodak24 gray, gaussian 25": self.luma(lambda x: degrade.luma(run(x))), **self.by_denoise()}

    def luma(self, run: Network) -> float:
        """PSNR of gray pictures with noise of 25, in PNG."""
        values = []
        for index, (_, picture) in enumerate(load_folder(self.data / "eval" / "Kodak24")):
            gray = eight_bits(degrade.luma(picture[None].float() / 255))
            noisy = eight_bits(self.noisy(gray, 25.0, torch.Generator().manual_seed(index)))
            values.append(psnr(run(noisy).clamp(0, 1), gray))
        return mean(values)

    @cache
    def by_denoise(self) -> dict[str, float]:
        """The shipped file of `denoise`, bilinear, on the same pictures."""
        denoise = padded(onnx_network(Path(__file__).parents[2] / "models" / "denoise-bilinear.onnx"), 32)
        value = self.luma(lambda x: degrade.luma(denoise(x.expand(-1, 3, -1, -1))))
        return {"Kodak24 gray, gaussian 25, by `denoise`": value}

    def show(self, x: Tensor, y: Tensor) -> Tensor:
        return y.clamp(0, 1)


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
