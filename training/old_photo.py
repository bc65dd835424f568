"""What the years do to a photo on paper; the engine's twin is `crates/image/src/filter/old_photo.rs`: see there for the order.

Where the damage is depends on a seed and on the picture's size alone: a part of a picture shows what the whole would.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import degrade
import noise
import numpy as np
import torch

SIDE = 512  # shorter side of a picture whose unit is a pixel
SCRATCHES, SPECKS, TEARS = 16, 220, 4  # where the wear is 1
FADED = (90.0, 225.0)  # black and white of a print that has faded altogether
SEPIA = np.array([[24.0, 12.0, 2.0], [255.0, 243.0, 214.0]])
PAPER = 238.0


@dataclass(frozen=True)
class Age:
    """`wear` (scratches, specks, tears), `fading` and `sepia` 0-1; `blur`: sigma in pixels; `grain`: sigma of 255."""

    wear: float
    fading: float = 0.0
    sepia: float = 0.0
    blur: float = 0.0
    grain: float = 0.0


class Dice:
    """Equally distributed numbers of one mark."""

    def __init__(self, seed: int, kind: int, mark: int = 0):
        self.kind, self.mark, self.seed, self.rolls = kind, mark, seed, 0

    def roll(self) -> float:
        self.rolls += 1
        word = noise._pcg4d(*(np.full(1, v) for v in (self.rolls, self.mark, self.kind, self.seed)))[0]
        return (int(word[0] >> np.uint32(8)) + 0.5) / 2**24

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.roll()

    def tone(self, light: float) -> float:
        return self.between(205, 250) if self.roll() < light else self.between(10, 60)


@dataclass(frozen=True)
class Mark:
    """A mark along a line, as in the engine."""

    start: tuple[float, float]
    along: tuple[float, float]
    length: float
    half: tuple[float, float]
    tone: float
    opacity: float
    bend: float = 0.0
    waver: float = 0.0
    phase: float = 0.0

    def box(self, height: int, width: int, corner: tuple[int, int]) -> tuple[slice, slice]:
        """Rows and columns of a part of a picture, beginning at `corner`, beyond which the mark does not reach."""
        reach = abs(self.bend) + 1.5 * abs(self.waver) + max(self.half) + 1

        def along(axis: int, side: int, first: int) -> slice:
            ends = (self.start[axis], self.start[axis] + self.along[axis] * self.length)
            low, high = math.floor(min(ends) - reach) - first, math.ceil(max(ends) + reach) - first
            return slice(min(max(low, 0), side), min(max(high, 0), side))

        return along(1, height, corner[0]), along(0, width, corner[1])

    def cover(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        dx, dy = x - self.start[0], y - self.start[1]
        along = dx * self.along[0] + dy * self.along[1]
        across = dy * self.along[0] - dx * self.along[1]
        at = np.clip(along / self.length, 0, 1) if self.length > 0 else np.zeros_like(along)
        waver = np.sin(at * 23 + self.phase) + 0.5 * np.sin(at * 57 + 2 * self.phase)
        middle = self.bend * np.sin(np.pi * at) + self.waver * waver
        distance = np.hypot(along - at * self.length, across - middle)
        half = self.half[0] + (self.half[1] - self.half[0]) * at
        return np.clip(half + 0.5 - distance, 0, np.minimum(2 * half, 1)) * self.opacity


def _speck(dice: Dice, unit: float, width: int, height: int) -> Mark:
    start = (dice.between(0, width), dice.between(0, height))
    angle = dice.between(0, math.pi)
    size, long = dice.roll(), dice.roll()
    radius = unit * (0.5 + 2.5 * size**3)
    tone = dice.tone(0.6)
    return Mark(
        start, (math.cos(angle), math.sin(angle)), radius * 3 * long**2, (radius, radius * 0.7), tone, dice.between(0.5, 1)
    )  # fmt: skip


def _scratch(dice: Dice, unit: float, width: int, height: int) -> Mark:
    lean = dice.between(-0.12, 0.12) if dice.roll() < 0.7 else dice.between(-math.pi / 2, math.pi / 2)
    length = height * dice.between(0.15, 1.1)
    start = (dice.between(0, width), dice.between(-0.2, 0.8) * height)
    half = unit * dice.between(0.3, 0.9)
    mark = Mark(start, (math.sin(lean), math.cos(lean)), length, (half, half * 0.5), 0, 0)
    return _wavering(mark, dice, length * dice.between(-0.03, 0.03), unit * dice.between(0, 1), 0.8, (0.35, 0.95))


def _tear(dice: Dice, unit: float, width: int, height: int) -> Mark:
    side, at, lean = int(dice.roll() * 4), dice.roll(), dice.between(-0.5, 0.5)
    start, inward = [
        ((at * width, 0), math.pi / 2),
        ((at * width, height), -math.pi / 2),
        ((0, at * height), 0.0),
        ((width, at * height), math.pi),
    ][side]
    angle = inward + lean
    length = unit * SIDE * dice.between(0.06, 0.3)
    half = (unit * dice.between(1.5, 5), 0.0)
    bend, waver = unit * SIDE * dice.between(-0.03, 0.03), unit * dice.between(1, 3)
    phase = dice.between(0, 2 * math.pi)
    return Mark(start, (math.cos(angle), math.sin(angle)), length, half, PAPER, 1, bend, waver, phase)


def _wavering(mark: Mark, dice: Dice, bend: float, waver: float, light: float, opacity: tuple[float, float]) -> Mark:
    phase = dice.between(0, 2 * math.pi)
    tone = dice.tone(light)
    return replace(mark, bend=bend, waver=waver, phase=phase, tone=tone, opacity=dice.between(*opacity))


def marks(height: int, width: int, wear: float, seed: int) -> list[Mark]:
    """The last on top."""
    unit = max(min(width, height) / SIDE, 0.25)
    kinds = ((1, SPECKS, _speck), (2, SCRATCHES, _scratch), (3, TEARS, _tear))
    return [
        make(Dice(seed, kind, mark), unit, width, height)
        for kind, most, make in kinds
        for mark in range(math.floor(most * wear + 0.5))
    ]


def old_photo(
    picture: np.ndarray, age: Age, seed: int, whole: tuple[int, int] | None = None, corner: tuple[int, int] = (0, 0)
) -> np.ndarray:
    """uint8 [H, W, 3], before the scan is saved as JPEG. It may be a part of a picture of `whole` rows and columns that begins
    at `corner`."""
    height, width, _ = picture.shape
    whole = whole or (height, width)
    x = picture.astype(float)
    if age.blur > 0:
        lens = [degrade.gaussian_kernel(age.blur)]
        x = degrade.blur(torch.from_numpy(x).permute(2, 0, 1)[None], lens)[0].permute(1, 2, 0).numpy()
    row, column = np.mgrid[corner[0] : corner[0] + height, corner[1] : corner[1] + width]
    fine = noise.normal(height + 2, width + 2, 1, seed, *corner)[..., 0]
    weights = (0.25, 0.5, 0.25)
    grain = sum(a * b * fine[v : v + height, u : u + width] for v, a in enumerate(weights) for u, b in enumerate(weights))
    x = x + age.grain * 8 / 3 * grain[..., None]
    stain = Dice(seed, 0)
    turns, phase = (stain.between(-1.5, 1.5), stain.between(-1.5, 1.5)), stain.between(0, 2 * np.pi)
    uneven = 2 * np.pi * (turns[0] * column / whole[1] + turns[1] * row / whole[0]) + phase
    fading = np.minimum(age.fading * (1 + 0.25 * np.sin(uneven)), 1)[..., None]
    brown = SEPIA[0] + (SEPIA[1] - SEPIA[0]) * (x @ np.array(degrade.LUMA))[..., None] / 255
    toned = x + (brown - x) * age.sepia
    x = toned + (FADED[0] + (FADED[1] - FADED[0]) * toned / 255 - toned) * fading
    for mark in marks(*whole, age.wear, seed):
        box = mark.box(height, width, corner)
        x[box] += (mark.tone - x[box]) * mark.cover(column[box] + 0.5, row[box] + 0.5)[..., None]
    return noise.to_bytes(x)
