"""The survey of denoising that the lecture ends with: designs of networks, and ways to learn without clean pictures.

Every network takes N x 3 x H x W, 0-1, with white Gaussian noise, and adds what it has learned to it. All see the whole resolution
at about the same cost, but for FFDNet, which works on a quarter of the pixels with more channels.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import NamedTuple

import torch
from model import UNet, conv3, fold
from torch import Tensor, nn
from torch.nn import functional

from .layers import ChannelNorm, Convs, shifted
from .survey import SurveyNetwork, built


class Told(NamedTuple):
    """Noisy pictures (N x 3 x H x W, 0-1) and the standard deviation of each one's noise (N x 1 x 1 x 1, of 255)."""

    pictures: Tensor
    sigma: Tensor


class Denoiser(SurveyNetwork):
    kind = family = "denoising"
    upsampling = "none"


class DnCNN(Denoiser):
    """A chain of 3x3 convolutions with batch norm predicts the noise (Zhang et al. 2017)."""

    def __init__(self, channels: int, depth: int):
        super().__init__()
        self.first = conv3(3, channels)
        self.convs = nn.ModuleList(conv3(channels, channels) for _ in range(depth))
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(depth))
        self.head = conv3(channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.first(shifted(x)))
        for conv, norm in zip(self.convs, self.norms):
            y = torch.relu(norm(conv(y)))
        return x + self.head(y)

    def folded(self) -> DnCNN:
        whole = copy.deepcopy(self)
        for conv, norm in zip(whole.convs, whole.norms):
            fold(conv, norm)
        whole.norms = nn.ModuleList(nn.Identity() for _ in whole.norms)
        return whole


class FFDNet(Denoiser):
    """Works on 2x2 pixels as channels, and is told how strong the noise is: sigma as a map beside them (Zhang, Zuo, Zhang 2018).

    The map is of one value, `sigma`, of 255; a file's optional input.
    """

    upsampling = "pixel-shuffle"
    multiple = 2

    def __init__(self, channels: int, depth: int):
        super().__init__()
        self.register_buffer("sigma", torch.tensor(25.0))
        self.first, self.body, self.head = conv3(13, channels), Convs(channels, depth), conv3(channels, 12)

    def forward(self, seen: Tensor | Told) -> Tensor:
        x, sigma = seen if isinstance(seen, Told) else (seen, self.sigma)
        y = torch.cat([shifted(x)[..., row::2, column::2] for row in (0, 1) for column in (0, 1)], dim=1)
        level = sigma.expand(y.shape[0], 1, y.shape[2], y.shape[3]) / 255
        y = self.body(torch.relu(self.first(torch.cat([y, level], dim=1))))
        return x + functional.pixel_shuffle(self.head(y), 2)


class REDNet(Denoiser):
    """Convolutions and as many transposed ones; every second feature is added to its mirror image's (Mao, Shen, Yang 2016)."""

    upsampling = "transposed-conv"

    def __init__(self, channels: int, depth: int, every: int = 2):
        super().__init__()
        self.every = every
        self.first = conv3(3, channels)
        self.convs = nn.ModuleList(conv3(channels, channels) for _ in range(depth))
        self.deconvs = nn.ModuleList(nn.ConvTranspose2d(channels, channels, 3, padding=1) for _ in range(depth))
        self.head = nn.ConvTranspose2d(channels, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y, kept = torch.relu(self.first(shifted(x))), []
        for index, conv in enumerate(self.convs):
            if index % self.every == 0:
                kept.append(y)
            y = torch.relu(conv(y))
        for index, deconv in reversed(list(enumerate(self.deconvs))):
            y = deconv(y)
            y = torch.relu(y + kept.pop() if index % self.every == 0 else y)
        return x + self.head(y)


class NAFBlock(nn.Module):
    """Without activation functions: half of the channels times the other half (Chen et al. 2022)."""

    def __init__(self, channels: int):
        super().__init__()
        self.norm1, self.norm2 = ChannelNorm(channels), ChannelNorm(channels)
        self.widen1, self.widen2 = (nn.Conv2d(channels, 2 * channels, 1) for _ in range(2))
        self.depthwise = nn.Conv2d(2 * channels, 2 * channels, 3, padding=1, groups=2 * channels)
        self.attention = nn.Conv2d(channels, channels, 1)
        self.join1, self.join2 = (nn.Conv2d(channels, channels, 1) for _ in range(2))
        self.part1, self.part2 = (nn.Parameter(torch.zeros(channels, 1, 1)) for _ in range(2))

    def forward(self, x: Tensor) -> Tensor:
        y = gate(self.depthwise(self.widen1(self.norm1(x))))
        x = x + self.part1 * self.join1(y * self.attention(y.mean((2, 3), keepdim=True)))
        return x + self.part2 * self.join2(gate(self.widen2(self.norm2(x))))


def gate(x: Tensor) -> Tensor:
    left, right = x.chunk(2, dim=1)
    return left * right


class NAFNet(Denoiser):
    """A U-Net of such blocks: 2x2 convolutions downwards, pixel shuffles upwards, skip connections by addition."""

    upsampling = "pixel-shuffle"
    multiple = 4

    def __init__(self, channels: int, bottom: int = 2):
        super().__init__()
        wide, widest = 2 * channels, 4 * channels
        self.first, self.head = conv3(3, channels), conv3(channels, 3)
        self.enc1, self.enc2 = NAFBlock(channels), NAFBlock(wide)
        self.down1, self.down2 = nn.Conv2d(channels, wide, 2, 2), nn.Conv2d(wide, widest, 2, 2)
        self.bottom = nn.Sequential(*(NAFBlock(widest) for _ in range(bottom)))
        self.up2, self.up1 = nn.Conv2d(widest, 4 * wide, 1), nn.Conv2d(wide, 4 * channels, 1)
        self.dec2, self.dec1 = NAFBlock(wide), NAFBlock(channels)

    def forward(self, x: Tensor) -> Tensor:
        fine = self.enc1(self.first(shifted(x)))
        coarse = self.enc2(self.down1(fine))
        y = self.bottom(self.down2(coarse))
        y = self.dec2(functional.pixel_shuffle(self.up2(y), 2) + coarse)
        y = self.dec1(functional.pixel_shuffle(self.up1(y), 2) + fine)
        return x + self.head(y)


class SmallUNet(Denoiser):
    """The zoo's U-Net with a level less: what learns from clean pictures, from noisy ones (Lehtinen et al. 2018) and from single
    ones (Krull, Buchholz, Jug 2019) alike."""

    upsampling = "bilinear"
    multiple = 4

    def __init__(self, widths: tuple[int, ...] = (16, 32, 64)):
        super().__init__()
        self.unet = UNet(widths=widths, residual=True, centre=0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.unet(x)


# By the name that recipes and files have.
DENOISERS: dict[str, Callable[[], Denoiser]] = {
    "dncnn": lambda: DnCNN(24, depth=7),
    "ffdnet": lambda: FFDNet(52, depth=7),
    "rednet": lambda: REDNet(24, depth=4),
    "nafnet": lambda: NAFNet(24),
    "u-net": SmallUNet,
    "noise2noise": SmallUNet,
    "blind-spot": SmallUNet,
}


def denoiser(inputs: int, outputs: int, strategies: tuple[str, ...]) -> Denoiser:
    """The network of the survey that `strategies` names."""
    if (inputs, outputs) != (3, 3):
        raise ValueError(f"the networks of the survey are for colors, not {inputs} and {outputs} channels")
    return built(DENOISERS, strategies, dict(inputs=inputs, outputs=outputs), lambda name: "denoisers")
