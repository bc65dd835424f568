"""Layers that several surveys share."""

from __future__ import annotations

import torch
from model import conv3
from torch import Tensor, nn


class ChannelNorm(nn.Module):
    """Layer norm of each pixel's channels."""

    def __init__(self, channels: int):
        super().__init__()
        self.scale, self.shift = nn.Parameter(torch.ones(channels, 1, 1)), nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = x - x.mean(1, keepdim=True)
        return x * torch.rsqrt((x * x).mean(1, keepdim=True) + 1e-6) * self.scale + self.shift


class Convs(nn.Sequential):
    """3x3 convolutions, each followed by a ReLU."""

    def __init__(self, channels: int, depth: int):
        super().__init__(*(layer for _ in range(depth) for layer in (conv3(channels, channels), nn.ReLU())))


def shifted(x: Tensor) -> Tensor:
    """Values of 0-1 around 0: features do not all follow brightness first."""
    return x - 0.5
