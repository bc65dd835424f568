"""Damage as it is in files: noise that is alike in the channels or spread over pixels, 8 bits, a tone curve, JPEG.

One picture at a time, 3 x H x W, RGB, 0-1. A margin of `MARGIN` pixels around what is trained on, one block of JPEG's, keeps
borders of the filters out, and lets the blocks begin anywhere.
"""

from __future__ import annotations

import math

import degrade
import torch
from torch import Tensor
from torch.nn import functional

MARGIN = 8

# Malvar, He and Cutler 2004, of 8: green at red or blue; red at green in its row, in its column; red at blue.
GREEN = [[0, 0, -1, 0, 0], [0, 0, 2, 0, 0], [-1, 2, 4, 2, -1], [0, 0, 2, 0, 0], [0, 0, -1, 0, 0]]
IN_ROW = [[0, 0, 0.5, 0, 0], [0, -1, 0, -1, 0], [-1, 4, 5, 4, -1], [0, -1, 0, -1, 0], [0, 0, 0.5, 0, 0]]
ACROSS = [[0, 0, -1.5, 0, 0], [0, 2, 0, 2, 0], [-1.5, 0, 6, 0, -1.5], [0, 2, 0, 2, 0], [0, 0, -1.5, 0, 0]]
SMOOTH = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 4


def bayer(height: int, width: int) -> Tensor:
    """3 x H x W, 1 where a sensor sees the color: red at even rows and columns, blue at odd ones, green elsewhere."""
    masks = torch.zeros(3, height, width)
    masks[0, ::2, ::2] = masks[2, 1::2, 1::2] = 1
    masks[1] = 1 - masks[0] - masks[2]
    return masks


def demosaic(mosaic: Tensor, malvar: bool) -> Tensor:
    """H x W to 3 x H x W: bilinear, or with Malvar's corrections, which are linear too."""
    height, width = mosaic.shape
    masks = bayer(height, width)
    seen = mosaic * masks
    if not malvar:
        cross = torch.tensor([[0.0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 4
        weight = torch.stack([SMOOTH, cross, SMOOTH])[:, None]
        padded = functional.pad(seen[None], [2] * 4, mode="reflect")[..., 1:-1, 1:-1]
        return functional.conv2d(padded, weight, groups=3)[0]
    padded = functional.pad(mosaic[None, None], [2] * 4, mode="reflect")
    weight = torch.tensor([GREEN, IN_ROW, ACROSS])[:, None] / 8
    green, row, across = functional.conv2d(padded, weight)[0]
    column = functional.conv2d(padded, weight[1:2].transpose(2, 3))[0, 0]
    red_rows = torch.zeros(height, 1)
    red_rows[::2] = 1
    red, greens, blue = masks
    return torch.stack([
        seen[0] + greens * (red_rows * row + (1 - red_rows) * column) + blue * across,
        seen[1] + (1 - greens) * green,
        seen[2] + greens * (red_rows * column + (1 - red_rows) * row) + red * across,
    ])  # fmt: skip


class Drawing:
    """Draws of how often and how much."""

    def __init__(self, generator: torch.Generator):
        self.generator = generator

    def chance(self, often: float) -> bool:
        return float(torch.rand(1, generator=self.generator)) < often

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * float(torch.rand(1, generator=self.generator))

    def one_of(self, often: dict[str, float]) -> str:
        drawn = torch.multinomial(torch.tensor(list(often.values()), dtype=torch.float), 1, generator=self.generator)
        return list(often)[int(drawn)]

    def inner(self, small: Tensor, large: Tensor, scale: int = 1, aligned: float = 0) -> tuple[Tensor, Tensor]:
        """Both without their margins, MARGIN pixels of the small one on each side. What is left begins with a block of JPEG's in
        the part `aligned` of the draws, as whole files do; else anywhere in one, as crops do."""
        side = small.shape[-1] - 2 * MARGIN
        y, left = (MARGIN, MARGIN) if self.chance(aligned) else (int(self.between(0, 2 * MARGIN)) for _ in range(2))

        def part(x: Tensor, scale: int) -> Tensor:
            return x[:, y * scale : (y + side) * scale, left * scale : (left + side) * scale]

        return part(small, 1), part(large, scale)


class Kept(Drawing):
    """Draws what happened to a file. `settings` is [data.files] of a configuration: how often each kind, and its ranges."""

    def __init__(self, settings: dict, generator: torch.Generator):
        super().__init__(generator)
        self.settings = settings

    def compressed(self, x: Tensor, qualities: list[float], gray: bool, stronger: float = 1) -> Tensor:
        """Above 1, `stronger` draws low qualities more often than high ones."""
        low, high = qualities
        quality = round(low + (high - low) * self.between(0, 1) ** stronger)
        subsampling = "4:2:0" if self.chance(self.settings["halved_chroma"]) else "4:4:4"
        return degrade.jpeg(x[None, :1] if gray else x[None], quality, subsampling)[0].expand(3, -1, -1)


class Damage(Kept):
    """Noise of every kind, JPEG, or nothing."""

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self.generator)

    def correlated(self, noise: Tensor) -> Tensor:
        """Noise of unit variance in each channel: as it is, alike in all of them, mixed by a matrix, or of luma and chroma apart."""
        kind = self.one_of(self.settings["channels"])
        if kind == "alike":
            return noise[:1].expand(3, -1, -1)
        if kind == "matrix":
            mix = self.normal(3, 3)
            return torch.einsum("ij,jhw->ihw", mix / mix.norm(dim=1, keepdim=True), noise)
        if kind == "luma-chroma":
            part = self.between(0, 1)
            mixed = part * noise[:1] + (1 - part) * noise
            return mixed / math.sqrt(part**2 + (1 - part) ** 2 + 2 * part * (1 - part) / 3)
        return noise

    def grained(self, noise: Tensor) -> Tensor:
        """The same, spread over pixels as what a camera or a program does to a picture spreads it; unit variance again."""
        kind = self.one_of(self.settings["grain"])
        if kind == "blur":
            return unit(degrade.blur(noise[None], [degrade.gaussian_kernel(self.between(0.3, 1.0))])[0])
        if kind == "demosaic":
            spread = demosaic((noise * bayer(*noise.shape[1:])).sum(0), self.chance(0.5))
            return spread / spread.std().clamp(min=1e-6)
        if kind == "enlarged":
            side = noise.shape[-1]
            small = noise[None, :, : round(side / self.between(1.2, 2)), :]
            small = small[..., : small.shape[2]]
            return unit(functional.interpolate(small, (side, side), mode="bicubic", align_corners=False)[0])
        return noise

    def noise(self, clean: Tensor) -> Tensor:
        """`clean` with noise, not clipped."""
        kinds = self.settings["noise"]
        kind = self.one_of({name: of["often"] for name, of in kinds.items()})
        strength = self.between(*kinds[kind]["range"])
        if kind == "salt-and-pepper":
            return degrade.add_salt_and_pepper(clean[None], torch.tensor([strength]), self.generator)[0]
        if kind == "gaussian":
            deviation = torch.tensor(strength / 255)
        elif kind == "speckle":
            deviation = strength * clean
        elif kind == "poisson":
            deviation = (clean / strength).clamp(min=0).sqrt()
        elif kind == "sensor":  # photons and the amplifier's noise
            deviation = (clean.clamp(min=0) * strength**2 + self.between(0, 0.02) ** 2).sqrt()
        else:
            raise ValueError(f"unknown kind of noise {kind!r}")
        return clean + deviation * self.grained(self.correlated(self.normal(*clean.shape)))

    def toned(self, clean: Tensor) -> Tensor:
        """Noise before a tone curve: strong in the shadows."""
        gamma = self.between(1.2, 2.4)
        return self.noise(clean**gamma).clamp(0, 1) ** (1 / gamma)

    def __call__(self, clean: Tensor) -> tuple[Tensor, Tensor]:
        """What is in the file, and what should be."""
        settings = self.settings
        gray = self.chance(settings["gray"])
        if gray:
            clean = (degrade.luma(clean[None])[0] * 255).round().expand(3, -1, -1) / 255
        kind = self.one_of(settings["kinds"])
        x = clean
        if kind == "noise":
            x = self.toned(clean) if self.chance(settings["toned"]) else self.noise(clean)
        x = (x.clamp(0, 1) * 255).round() / 255
        if gray:  # a file of one channel
            x = x[:1].expand(3, -1, -1)
        if kind == "jpeg":
            if self.chance(settings["twice"]):  # saved before with other borders
                y, left = int(self.between(0, MARGIN)), int(self.between(0, MARGIN))
                x = x.clone()
                x[:, y:, left:] = self.compressed(x[:, y:, left:], settings["jpeg"], gray, settings["stronger"])
            x = self.compressed(x, settings["jpeg"], gray, settings["stronger"])
        elif self.chance(settings["compressed"]):
            x = self.compressed(x, settings["noisy_jpeg"] if kind == "noise" else [95, 100], gray)
        return x, clean

    def cropped(self, wide: Tensor) -> tuple[Tensor, Tensor]:
        """The same of a picture with MARGIN pixels around."""
        x, clean = self(wide)
        return self.inner(x, clean, aligned=self.settings["aligned"])


class Saved(Kept):
    """A picture, 3 x H x W, as a file keeps it: as it is, or gray, or compressed."""

    def __call__(self, x: Tensor, clean: Tensor) -> tuple[Tensor, Tensor]:
        """What is in the file, and what should be: gray, where the file is."""
        gray = self.chance(self.settings["gray"])
        if gray:
            x, clean = ((degrade.luma(of[None])[0] * 255).round().expand(3, -1, -1) / 255 for of in (x, clean))
        if self.chance(self.settings["compressed"]):
            x = self.compressed(x, self.settings["jpeg"], gray)
        return x, clean


def unit(noise: Tensor) -> Tensor:
    return noise / noise.std(dim=(1, 2), keepdim=True).clamp(min=1e-6)


class Reduced(Kept):
    """What makes a small file of a large picture: blur, reduction, noise, JPEG."""

    def __init__(self, settings: dict, scale: int, generator: torch.Generator):
        super().__init__(settings, generator)
        self.scale = scale

    def __call__(self, clean: Tensor) -> tuple[Tensor, Tensor]:
        """3 x H x W to the small picture as the file has it, and `clean`, gray where the file is."""
        settings = self.settings
        gray = self.chance(settings["gray"])
        if gray:
            clean = degrade.luma(clean[None])[0].expand(3, -1, -1)
        sigma = self.between(*settings["blur"])
        soft = degrade.blur(clean[None], [degrade.gaussian_kernel(sigma)]) if sigma > 0.2 else clean[None]
        small = degrade.resize(soft, *(side // self.scale for side in clean.shape[1:]))[0]
        if self.chance(settings["noisy"]):
            noise = torch.randn((1 if gray else 3, *small.shape[1:]), generator=self.generator)
            small = small + self.between(*settings["noise"]) / 255 * noise
        for often in (settings["compressed"], settings["compressed"] * settings["twice"]):
            if self.chance(often):
                small = self.compressed(small, settings["jpeg"], gray)
        return ((small.clamp(0, 1) * 255).round() / 255).expand(3, -1, -1), clean

    def cropped(self, wide: Tensor) -> tuple[Tensor, Tensor]:
        """The same of a picture with MARGIN small pixels around."""
        small, clean = self(wide)
        return self.inner(small, clean, self.scale)


class OldLuma(Drawing):
    """What time and copying do to a gray photo: soft, noisy, faded, compressed. N x 1 x H x W, 0-1."""

    def __call__(self, luma: Tensor) -> Tensor:
        blurred = degrade.blur(luma, [degrade.gaussian_kernel(self.between(0.2, 1.2))] * len(luma))
        black, white = self.between(0, 0.25), self.between(0.75, 1)
        faded = black + (white - black) * blurred.clamp(0, 1) ** self.between(0.7, 1.4)
        noisy = faded + self.between(0, 0.1) * torch.randn(luma.shape, generator=self.generator)
        return degrade.jpeg(noisy, round(self.between(30, 95)))
