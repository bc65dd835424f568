"""sRGB and CIE L*a*b* (D65, 2 degrees), as skimage.color has them. N x 3 x H x W; L 0-100, a and b about -128 to 128."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from camera import to_light
from torch import Tensor

TO_XYZ = ((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227))
WHITE = (0.95047, 1.0, 1.08883)


FROM_XYZ = torch.linalg.inv(torch.tensor(TO_XYZ, dtype=torch.float64)).tolist()


def mixed(x: Tensor, matrix: Sequence[Sequence[float]]) -> Tensor:
    """Element by element: exported files keep weights of convolutions in half precision, which is too coarse here."""
    channels = x.unbind(1)
    return torch.stack([sum(weight * channel for weight, channel in zip(row, channels)) for row in matrix], dim=1)


def cube_root(light: Tensor) -> Tensor:
    """With a straight line near black, where its slope would have no end."""
    return torch.where(light > 0.008856, light.clamp(min=1e-9).pow(1 / 3), 7.787 * light + 16 / 116)


def from_rgb(rgb: Tensor) -> Tensor:
    xyz = mixed(to_light(rgb), TO_XYZ) / rgb.new_tensor(WHITE).view(1, 3, 1, 1)
    x, y, z = cube_root(xyz).unbind(1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=1)


def lightness(luma: Tensor) -> Tensor:
    """L of gray pictures, N x 1 x H x W."""
    return 116 * cube_root(to_light(luma)) - 16


def to_rgb(lab: Tensor) -> Tensor:
    """Clipped to 0-1."""
    lightness, a, b = lab.unbind(1)
    y = (lightness + 16) / 116
    f = torch.stack([y + a / 500, y, (y - b / 200).clamp(min=0)], dim=1)
    xyz = torch.where(f > 0.2068966, f**3, (f - 16 / 116) / 7.787) * lab.new_tensor(WHITE).view(1, 3, 1, 1)
    linear = mixed(xyz, FROM_XYZ)
    rgb = torch.where(linear > 0.0031308, 1.055 * linear.clamp(min=1e-9).pow(1 / 2.4) - 0.055, linear * 12.92)
    return rgb.clamp(0, 1)
