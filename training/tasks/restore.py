"""Denoise, super-resolve, deblur: random patches of sharp photos, made worse."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import degrade
import torch
from damage import MARGIN, Damage, Reduced, Saved
from data import Patches, load_folder, load_shards
from degrade import uniform
from networks import Told
from scoring import Network, eight_bits, luma_psnr, psnr
from torch import Tensor
from torch.nn import functional

from .base import Task, mean

NOISES = {
    "gaussian": (degrade.add_gaussian, 1 / 255),
    "salt-and-pepper": (degrade.add_salt_and_pepper, 1.0),
    "speckle": (degrade.add_speckle, 1.0),
    "poisson": (degrade.add_poisson, 1.0),
}


def seeded(index: int) -> torch.Generator:
    """Of its own for each picture, so that a part of a set is degraded as the whole set is."""
    return torch.Generator().manual_seed(index)


@dataclass(frozen=True)
class File:
    """How a picture is kept: gray or not; JPEG's quality and subsampling, or None for a PNG."""

    gray: bool = False
    quality: int | None = None
    subsampling: str = "4:2:0"

    def __str__(self) -> str:
        kind = f"JPEG {self.quality}" + ("" if self.gray else f" {self.subsampling}") if self.quality else "PNG"
        return f"gray {kind}" if self.gray else kind

    def seen(self, clean: Tensor) -> Tensor:
        """What there is to be kept: three channels alike of a gray file."""
        return eight_bits(degrade.luma(clean)).expand(-1, 3, -1, -1) if self.gray else clean

    def kept(self, x: Tensor) -> Tensor:
        """Saved and opened again."""
        x = eight_bits(x)[:, : 1 if self.gray else 3]
        return (degrade.jpeg(x, self.quality, self.subsampling) if self.quality else x).expand(-1, 3, -1, -1)


# The files that noisy pictures come in.
FILES = (File(), File(quality=95, subsampling="4:4:4"), File(quality=95), File(gray=True), File(gray=True, quality=85))
# That small pictures on the web come in.
SMALL_FILE = File(quality=75)


class Restore(Task):
    @property
    def side(self) -> int:
        """Of the pictures' patches, with the margin that damage needs."""
        return self.settings["patch"] + 2 * self.settings.get("margin", 0)

    def load(self) -> int:
        side, shards = self.side, sorted(self.data.glob(self.settings["shards"]))
        self.patches = Patches([picture for _, picture in load_shards(shards, side)], side, self.generator)
        return len(self.patches.pictures)

    def pictures(self, name: str, stride: int = 1) -> Iterator[tuple[int, Tensor]]:
        """Index and picture of an evaluation set."""
        for index, (_, picture) in list(enumerate(load_folder(self.data / "eval" / name)))[::stride]:
            yield index, picture[None].float() / 255

    def check(self, run: Network, stride: int) -> float:
        return mean([psnr(run(x).clamp(0, 1), clean) for x, clean in self.held_out(stride)])


class Denoise(Restore):
    """[data] noise: for each kind its range (Gaussian of 255), and how often it is drawn, as papers add it. In the part
    `often` of [data.files] of the pictures it is damage as files have it (damage.py)."""

    def load(self) -> int:
        self.files = Damage(self.settings["files"], self.generator) if "files" in self.settings else None
        return super().load()

    def noisy(self, clean: Tensor, kind: str, strength: Tensor, generator: torch.Generator) -> Tensor:
        add, unit = NOISES[kind]
        return add(clean, strength * unit, generator)

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        wide, kinds = self.patches.batch(size), list(self.settings["noise"].items())
        clean = wide[:, :, MARGIN:-MARGIN, MARGIN:-MARGIN].clone() if self.files else wide
        often = torch.tensor([float(kind["often"]) for _, kind in kinds])
        drawn = torch.multinomial(often, size, replacement=True, generator=self.generator)
        if self.files:
            drawn[torch.rand(size, generator=self.generator) < self.settings["files"]["often"]] = len(kinds)
        noisy = torch.empty_like(clean)
        for index in (drawn == len(kinds)).nonzero()[:, 0].tolist():
            noisy[index], clean[index] = self.files.cropped(wide[index])
        for index, (name, kind) in enumerate(kinds):
            where = (drawn == index).nonzero()[:, 0]
            if len(where):
                strength = uniform(len(where), *kind["range"], self.generator)
                noisy[where] = self.noisy(clean[where], name, strength, self.generator)
        return noisy, clean

    def held_out(self, stride: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        for index, clean in self.pictures("CBSD68", stride):
            yield self.noisy(clean, "gaussian", torch.tensor([25.0]), seeded(index)), clean

    def report(self, run: Network) -> dict[str, float]:
        scores = {}
        for name in ("CBSD68", "Kodak24"):
            for clipped in (False, True):
                key = f"{name} gaussian 25 {'8-bit' if clipped else 'unclipped'}"
                scores[key] = self.score(run, name, "gaussian", 25, clipped)
        for kind, strength in (("salt-and-pepper", 0.1), ("speckle", 0.2), ("poisson", 30.0)):
            if kind in self.settings["noise"]:
                scores[f"Kodak24 {kind} {strength:g} 8-bit"] = self.score(run, "Kodak24", kind, strength, True)
                scores[f"Kodak24 {kind} {strength:g} 8-bit, mean or median"] = self.filtered(kind, strength)
        return scores | self.of_files(run) if "files" in self.settings else scores

    def of_files(self, run: Network, stride: int = 3) -> dict[str, float]:
        """Every third picture of Kodak24 in files, each row beside the file as it was."""
        noises = {"gaussian": 25.0, "salt-and-pepper": 0.1, "speckle": 0.2, "poisson": 30.0}
        cases = {f"gaussian 25 in {file}": ("gaussian", file) for file in FILES}
        cases |= {f"{kind} {noises[kind]:g} in {File(quality=90)}": (kind, File(quality=90)) for kind in list(noises)[1:]}
        cases |= {str(file): (None, file) for file in (File(quality=10), File(quality=30), File(quality=60))}
        scores = {}
        for name, (kind, file) in cases.items():
            made, was = [], []
            for index, clean in self.pictures("Kodak24", stride):
                seen = file.seen(clean)
                one_color = kind == "gaussian" and file.gray
                noisy = (
                    self.noisy(seen[:, :1] if one_color else seen, kind, torch.tensor([noises[kind]]), seeded(index))
                    if kind
                    else seen
                )
                kept = file.kept(noisy)
                made.append(psnr(run(kept).clamp(0, 1), seen))
                was.append(psnr(kept, seen))
            scores |= {f"in files, {name}": mean(made), f"in files, {name}, as it was": mean(was)}
        for file in (File(), File(quality=95)):
            kept = [file.kept(clean) for _, clean in self.pictures("Kodak24", stride)]
            scores[f"in files, {file} to itself"] = mean([psnr(run(x).clamp(0, 1), x) for x in kept])
        return scores

    @cache
    def filtered(self, kind: str, strength: float) -> float:
        """The better of both classical filters."""
        return max(self.score(f, "Kodak24", kind, strength, True) for f in (mean_filter, median_filter))

    def score(self, run: Network, name: str, kind: str, strength: float, clipped: bool) -> float:
        """clipped: the noisy picture is an 8-bit file, not unbounded floats as in papers."""
        values = []
        for index, clean in self.pictures(name):
            noisy = self.noisy(clean, kind, torch.tensor([strength]), seeded(index))
            values.append(psnr(run(eight_bits(noisy) if clipped else noisy).clamp(0, 1), clean))
        return mean(values)


class DenoiseSurvey(Denoise):
    """White Gaussian noise alone. [data] targets: what is learned from,

    - "clean": the picture;
    - "noisy": the picture with other noise, as strong (Noise2Noise; Lehtinen et al. 2018);
    - "blind-spot": the noisy picture itself, at values that its input lacks (Noise2Void; Krull, Buchholz, Jug 2019).

    told: the network is told the standard deviation.
    """

    HIDDEN = 0.02  # of all values
    REACH = 2  # pixels, of what takes their place

    def batch(self, size: int) -> tuple[Tensor | Told, Tensor]:
        clean, targets = self.patches.batch(size), self.settings["targets"]
        sigma = uniform(size, *self.settings["noise"]["gaussian"]["range"], self.generator)
        noisy = self.noisy(clean, "gaussian", sigma, self.generator)
        if self.settings.get("told"):
            return Told(noisy, sigma.view(-1, 1, 1, 1)), clean
        if targets == "clean":
            return noisy, clean
        if targets == "noisy":
            return noisy, self.noisy(clean, "gaussian", sigma, self.generator)
        if targets == "blind-spot":
            return self.blinded(noisy)
        raise ValueError(f"unknown targets {targets!r}")

    def blinded(self, noisy: Tensor) -> tuple[Tensor, Tensor]:
        """Some values, each of one channel alone, replaced by a neighbor's; and beside the picture where (N x 6 x H x W)."""
        hidden = torch.rand(noisy.shape, generator=self.generator) < self.HIDDEN
        down, right = (int(step) for step in torch.randint(-self.REACH, self.REACH, (2,), generator=self.generator))
        # Never the value itself: what would be no step is the longest.
        others = noisy.roll((down or self.REACH, right or self.REACH), (2, 3))
        return torch.where(hidden, others, noisy), torch.cat([noisy, hidden.to(noisy)], dim=1)

    def loss(self, made: Tensor, wanted: Tensor) -> Tensor:
        if wanted.shape[1] == made.shape[1]:
            return super().loss(made, wanted)
        target, hidden = wanted.chunk(2, dim=1)
        share = hidden.mean(dim=(1, 2, 3)).clamp(min=1e-6)
        return (10 * torch.log10((hidden * (made - target).square()).mean(dim=(1, 2, 3)) / share + 5e-5)).mean()


def neighbourhood(x: Tensor) -> Tensor:
    """The 3x3 around each pixel, stacked in a dimension of 9."""
    n, channels, height, width = x.shape
    around = functional.unfold(functional.pad(x, [1] * 4, mode="reflect"), 3)
    return around.view(n, channels, 9, height, width)


def mean_filter(x: Tensor) -> Tensor:
    return neighbourhood(x).mean(2)


def median_filter(x: Tensor) -> Tensor:
    return neighbourhood(x).median(2).values


class SuperResolve(Restore):
    """A picture that was made smaller gets its detail back. The network takes the small picture, [network] scale, or the picture
    enlarged again by bicubic interpolation, [facts] input.scale.

    [data] files (optional): damage as small files have it (damage.py), in the part `often` of the pictures.
    """

    @property
    def scale(self) -> int:
        return self.config["network"].get("scale") or self.config["facts"]["input"]["scale"]

    @property
    def side(self) -> int:
        """[data] patch and margin are of what the network takes."""
        return super().side * self.config["network"].get("scale", 1)

    def load(self) -> int:
        self.files = Reduced(self.settings["files"], self.scale, self.generator) if "files" in self.settings else None
        return super().load()

    def small(self, clean: Tensor) -> Tensor:
        height, width = clean.shape[2:]
        return degrade.resize(clean, height // self.scale, width // self.scale)

    def bicubic(self, small: Tensor) -> Tensor:
        return degrade.resize(small, *(side * self.scale for side in small.shape[2:]))

    def enlarged(self, run: Network | None, small: Tensor) -> Tensor:
        """Without a network by bicubic interpolation."""
        return run(self.taken(small)).clamp(0, 1) if run else self.bicubic(small)

    def taken(self, small: Tensor) -> Tensor:
        """What the network takes."""
        return small if "scale" in self.config["network"] else self.bicubic(small)

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        wide = self.patches.batch(size)
        if self.files is None:
            return self.taken(self.small(wide)), wide
        inner = MARGIN * self.scale
        small, clean = [], []
        for picture in wide:
            if self.files.chance(self.settings["files"]["often"]):
                made, wanted = self.files.cropped(picture)
            else:
                wanted = picture[:, inner:-inner, inner:-inner]
                made = self.small(picture[None])[0, :, MARGIN:-MARGIN, MARGIN:-MARGIN]
            small.append(made)
            clean.append(wanted)
        return self.taken(torch.stack(small)), torch.stack(clean)

    def cropped(self, name: str, stride: int = 1) -> Iterator[Tensor]:
        for _, clean in self.pictures(name, stride):
            height, width = (side - side % self.scale for side in clean.shape[2:])
            yield clean[:, :, :height, :width]

    def held_out(self, stride: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        for clean in self.cropped("Set5", stride):
            yield self.taken(self.small(clean)), clean

    def loss(self, made: Tensor | tuple[Tensor, ...], wanted: Tensor) -> Tensor:
        """Of several enlarged pictures the mean, each beside the sharp picture at its own size."""
        if not isinstance(made, tuple):
            return super().loss(made, wanted)
        return torch.stack([self.loss(one, degrade.resize(wanted, *one.shape[2:])) for one in made]).mean()

    def check(self, run: Network, stride: int) -> float:
        return self.score(run, "Set5") if self.files is None else self.in_file(run, SMALL_FILE, 6)

    def score(self, run: Network | None, name: str) -> float:
        def of(clean: Tensor) -> float:
            return luma_psnr(eight_bits(self.enlarged(run, self.small(clean))), clean, self.scale)

        return mean([of(clean) for clean in self.cropped(name)])

    def in_file(self, run: Network | None, file: File, stride: int = 3) -> float:
        """Every third picture of Kodak24, made smaller and saved; RGB."""

        def of(clean: Tensor) -> float:
            return psnr(self.enlarged(run, file.kept(self.small(clean))), clean)

        return mean([of(clean) for clean in self.cropped("Kodak24", stride)])

    def report(self, run: Network) -> dict[str, float]:
        scores = {}
        for name in ("Set5", "Set14"):
            scores[f"{name} x{self.scale} luma"] = self.score(run, name)
            scores[f"{name} x{self.scale} luma, bicubic"] = self.score(None, name)
        for file in (File(), File(quality=90), SMALL_FILE):
            scores[f"in files, {file}"] = self.in_file(run, file)
            scores[f"in files, {file}, bicubic"] = self.in_file(None, file)
        return scores


class Deblur(Restore):
    """[data] blur: for each kind its range (Gaussian sigma, defocus radius, motion length, pixels), and how often it is drawn;
    noise: sigma of 255; files: how many pictures are saved after the blur, and how (damage.py)."""

    def load(self) -> int:
        self.files = Saved(self.settings["files"], self.generator)
        return super().load()

    def kernel(self, kind: str, size: float, degrees: float) -> Tensor:
        if kind == "gaussian":
            return degrade.gaussian_kernel(size)
        if kind == "defocus":
            return degrade.disk_kernel(size)
        return degrade.motion_kernel(size, degrees)

    def blurred(self, clean: Tensor, kernels: list[Tensor], generator: torch.Generator) -> Tensor:
        sigma = torch.full((len(clean),), self.settings["noise"] / 255)
        return eight_bits(degrade.add_gaussian(degrade.blur(clean, kernels), sigma, generator))

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        whole, kinds = self.patches.batch(size), list(self.settings["blur"].items())
        often = torch.tensor([float(kind["often"]) for _, kind in kinds])
        kernels = []
        for _ in range(size):
            name, kind = kinds[self.pick(often)]
            low, high = kind["range"]
            strength, degrees = torch.rand(2, generator=self.generator).tolist()
            kernels.append(self.kernel(name, low + (high - low) * strength, 180 * degrees))
        blurred = self.blurred(whole, kernels, self.generator)
        kept, clean = zip(*(self.files(x, sharp) for x, sharp in zip(blurred, whole)))
        # Whole files begin with a block of JPEG's, parts of them anywhere in one.
        margin = self.settings["margin"] - (0 if self.files.chance(self.settings["files"]["aligned"]) else self.draw(8))
        inner = slice(margin, margin + self.settings["patch"])
        return torch.stack(kept)[:, :, inner, inner], torch.stack(clean)[:, :, inner, inner]

    def middle(self, kind: str) -> Tensor:
        return self.kernel(kind, sum(self.settings["blur"][kind]["range"]) / 2, 30)

    def held_out(self, stride: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        kinds = list(self.settings["blur"])
        for index, clean in self.pictures("Kodak24", stride):
            yield self.blurred(clean, [self.middle(kinds[index % len(kinds)])], seeded(index)), clean

    def report(self, run: Network) -> dict[str, float]:
        scores = {}
        for kind in self.settings["blur"]:
            cases = list(self.middling(kind))
            scores[f"Kodak24 {kind}"] = mean([psnr(run(x).clamp(0, 1), c) for x, c in cases])
            scores[f"Kodak24 {kind}, as it was"] = mean([psnr(x, c) for x, c in cases])
            scores[f"Kodak24 {kind}, best unsharp mask"] = self.sharpened(kind)
        for file in (File(quality=90), File(gray=True, quality=90)):
            for kind in self.settings["blur"]:
                cases = [(file.kept(file.seen(x)), file.seen(c)) for x, c in self.middling(kind, 3)]
                scores[f"in files, {kind} in {file}"] = mean([psnr(run(x).clamp(0, 1), c) for x, c in cases])
                scores[f"in files, {kind} in {file}, as it was"] = mean([psnr(x, c) for x, c in cases])
        return scores

    def middling(self, kind: str, stride: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        """Pictures blurred as much as the middle of the range."""
        for index, clean in self.pictures("Kodak24", stride):
            yield self.blurred(clean, [self.middle(kind)], seeded(index)), clean

    @cache
    def sharpened(self, kind: str) -> float:
        cases = list(self.middling(kind))
        settings = itertools.product((1.0, 2.0, 3.0), (0.5, 1.0, 2.0, 3.0))
        return max(mean([psnr(unsharp(x, *pair), c) for x, c in cases]) for pair in settings)


def unsharp(x: Tensor, sigma: float, amount: float) -> Tensor:
    soft = degrade.blur(x, [degrade.gaussian_kernel(sigma)] * len(x))
    return (x + amount * (x - soft)).clamp(0, 1)
