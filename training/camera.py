"""A camera's sensor in place of noise upon finished pixels; the engine's twin is `crates/image/src/filter/sensor.rs`."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

WELL = 320_000  # electrons at white, times the ISO number
READ_NOISE = 2.0  # electrons
GAINS = (2.0, 1.0, 1.6)  # white balance
# Malvar, He and Cutler 2004, in sixteenths.
GREEN = ((0, 0, -2, 0, 0), (0, 0, 4, 0, 0), (-2, 4, 8, 4, -2), (0, 0, 4, 0, 0), (0, 0, -2, 0, 0))
ROW = ((0, 0, 1, 0, 0), (0, -2, 0, -2, 0), (-2, 8, 10, 8, -2), (0, -2, 0, -2, 0), (0, 0, 1, 0, 0))
DIAGONAL = ((0, 0, -3, 0, 0), (0, 4, 0, 4, 0), (-3, 0, 12, 0, -3), (0, 4, 0, 4, 0), (0, 0, -3, 0, 0))


def to_light(x: Tensor) -> Tensor:
    return torch.where(x > 0.04045, ((x + 0.055) / 1.055) ** 2.4, x / 12.92)


def from_light(x: Tensor) -> Tensor:
    x = x.clamp(0, 1)
    return torch.where(x > 0.0031308, 1.055 * x ** (1 / 2.4) - 0.055, x * 12.92)


def sensor(clean: Tensor, iso: Tensor, noise: Tensor) -> Tensor:
    """What a camera makes of a scene, N x 3 x H x W in 0-1, before it saves it as JPEG: one color a pixel (RGGB) with
    Poisson-Gaussian noise in linear light, white-balanced, clipped, demosaiced, toned, in 8 bits.

    iso: one number a picture, 50 to 102,400; noise: N x 1 x H x W, standard normal.
    """
    n, _, height, width = clean.shape
    row, column = torch.arange(height)[:, None] % 2, torch.arange(width)[None, :] % 2
    counted = (row + column).expand(n, 1, height, width).to(clean.device)
    gain = clean.new_tensor(GAINS)[counted]
    white = (WELL / iso.view(-1, 1, 1, 1)).to(clean)
    electrons = to_light(clean).gather(1, counted) / gain * white
    raw = electrons + (electrons + READ_NOISE**2).sqrt() * noise.to(clean)
    raw = (raw / white * gain).clamp(max=1)
    weights = [torch.tensor(w) for w in (GREEN, ROW, DIAGONAL)] + [torch.tensor(ROW).T]
    padded = functional.pad(raw, [2] * 4, mode="reflect")
    green, along, diagonal, down = functional.conv2d(padded, torch.stack(weights)[:, None].to(clean) / 16).unbind(1)
    raw, counted = raw[:, 0], counted[:, 0]
    has_red = (row == 0).expand(height, width).to(clean.device)
    at_green = (torch.where(has_red, along, down), torch.where(has_red, down, along))
    red, blue = (
        torch.where(counted == 1, beside, torch.where(counted == color, raw, diagonal))
        for color, beside in zip((0, 2), at_green, strict=True)
    )
    made = torch.stack([red, torch.where(counted == 1, raw, green), blue], 1)
    return (from_light(made) * 255).round() / 255
