"""Repair: photos on paper, of which time has left scratches, specks, tears, grain and a soft scan."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import degrade
import numpy as np
import torch
from damage import Drawing
from data import Patches
from old_photo import SIDE, Age, old_photo
from scoring import Network, psnr
from torch import Tensor

from .base import mean
from .restore import File, Restore

# As the page damages photos by default: `crates/image/src/degradations.rs`.
USUAL = Age(wear=0.4, fading=0.4, sepia=0.7, blur=0.8, grain=10)
USUAL_FILE = File(quality=85)


class Repair(Restore):
    """What lies upon a print goes; how far it has faded and how brown it is stays: only the whole picture can tell that.

    [data.age]: the range of each; `unit`, pixels that are one in a picture of 512; `gray`, `clean` and `compressed`: how often;
    `jpeg`: qualities. Worn photos are made slowly, so a `pool` of them is kept, and one renewed for each of `renewed` steps.
    """

    def load(self) -> int:
        count = super().load()
        self.drawing, self.age = Drawing(self.generator), self.settings["age"]
        self.pool = [self.worn() for _ in range(self.age["pool"])]
        self.pairs = Patches(self.pool, self.side, self.generator)
        self.steps = 0
        return count

    def worn(self) -> Tensor:
        """What is in the file, and what should be: 6 x H x W, uint8."""
        draw, age = self.drawing, self.age
        picture = self.patches.pictures[self.draw(len(self.patches.pictures))]
        if draw.chance(age["gray"]):
            picture = (degrade.luma(picture[None].float())[0] + 0.5).to(torch.uint8).expand(3, -1, -1)
        height, width = picture.shape[1:]
        unit = math.exp(draw.between(*map(math.log, age["unit"])))
        whole = [max(side, round(unit * SIDE)) for side in (height, width)]
        corner = [self.draw(all_ - side + 1) for all_, side in zip(whole, (height, width))]
        years = Age(*(draw.between(*age[name]) for name in ("wear", "fading", "sepia", "blur", "grain")))
        if draw.chance(age["clean"]):
            years = replace(years, wear=0.0, blur=0.0, grain=0.0)
        seed, pixels = self.draw(2**31), picture.permute(1, 2, 0).numpy()
        made, wanted = (as_tensor(old_photo(pixels, of, seed, whole, corner)) for of in (years, untouched(years)))
        if draw.chance(age["compressed"]):
            low, high = age["jpeg"]
            made = File(quality=round(draw.between(low, high))).kept(made[None].float() / 255)[0]
            made = (made * 255).round().to(torch.uint8)
        return torch.cat([made, wanted])

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        if self.steps % self.age["renewed"] == 0:
            self.pool[self.draw(len(self.pool))] = self.worn()
        self.steps += 1
        made, wanted = self.pairs.batch(size).chunk(2, dim=1)
        return made, wanted

    def aged(self, gray: bool, age: Age, stride: int = 3) -> Iterator[tuple[Tensor, Tensor]]:
        """Every `stride`-th picture of Kodak24 on paper, and the same paper without the damage that can be repaired."""
        for index, clean in self.pictures("Kodak24", stride):
            seen = File(gray=gray).seen(clean)
            pixels = (seen[0].permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()
            made, wanted = (as_tensor(old_photo(pixels, of, index))[None] / 255 for of in (age, untouched(age)))
            yield USUAL_FILE.kept(made), wanted

    def held_out(self, stride: int = 1) -> Iterator[tuple[Tensor, Tensor]]:
        return self.aged(gray=True, age=USUAL, stride=3 * stride)

    def report(self, run: Network) -> dict[str, float]:
        scores = {}
        for name, gray, age in (
            ("gray", True, USUAL),
            ("color", False, USUAL),
            ("gray, marks alone", True, Age(wear=USUAL.wear)),
            ("gray, without marks", True, replace(USUAL, wear=0.0)),
        ):
            cases = list(self.aged(gray, age))
            scores[f"in files, old photo, {name}"] = mean([psnr(run(x).clamp(0, 1), wanted) for x, wanted in cases])
            scores[f"in files, old photo, {name}, as it was"] = mean([psnr(x, wanted) for x, wanted in cases])
        kept = [File(quality=95).kept(clean) for _, clean in self.pictures("Kodak24", 3)]
        scores["in files, JPEG 95 4:2:0 to itself"] = mean([psnr(run(x).clamp(0, 1), x) for x in kept])
        return scores


def untouched(age: Age) -> Age:
    """The same print before it was scratched, and sharp."""
    return replace(age, wear=0.0, blur=0.0, grain=0.0)


def as_tensor(picture: np.ndarray) -> Tensor:
    """3 x H x W, of H x W x 3."""
    return torch.from_numpy(picture).permute(2, 0, 1)
