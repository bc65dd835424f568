"""Segmentation with transformers, which the lecture ends with: the same pretrained encoder and the same decoder, and between them at
a sixteenth of the resolution convolutions, or tokens that attend to each other.

Every network takes N x 3 x H x W, RGB, 0-1, and gives N x outputs x H x W, probabilities of classes; in training logits at half the
resolution. The encoder (encoder.py) is frozen.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from encoder import CHANNELS, Encoder, Features
from model import ResidualBlock, fold
from torch import Tensor, nn
from torch.nn import functional
from transfer import ConvNorm

from .layers import ChannelNorm
from .survey import SurveyNetwork, built

STRIDE = 16
BILINEAR = ("bilinear",)


class TransformerLayer(nn.Module):
    """Attention of every place to every other, then two 1x1 convolutions, each upon a layer norm and added to its input (Vaswani et
    al. 2017, Dosovitskiy et al. 2021)."""

    def __init__(self, channels: int, heads: int = 4):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = ChannelNorm(channels), ChannelNorm(channels)
        self.query, self.key, self.value, self.join = (nn.Conv2d(channels, channels, 1) for _ in range(4))
        self.widen, self.narrow = nn.Conv2d(channels, 2 * channels, 1), nn.Conv2d(2 * channels, channels, 1)

    def attended(self, x: Tensor) -> Tensor:
        n, channels, height, width = x.shape
        query, key, value = (
            conv(x).reshape(n, self.heads, channels // self.heads, height * width)
            for conv in (self.query, self.key, self.value)
        )
        attention = torch.softmax(query.transpose(2, 3) @ key * (channels // self.heads) ** -0.5, dim=3)
        return self.join((value @ attention.transpose(2, 3)).reshape(n, channels, height, width))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attended(self.norm1(x))
        return x + self.narrow(functional.gelu(self.widen(self.norm2(x))))


class Transformer(nn.Module):
    """Where tokens are they learn from a depthwise convolution's zeros at the borders, whatever the picture's size (Chu et al. 2023)."""

    def __init__(self, channels: int, layers: int):
        super().__init__()
        self.position = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.layers = nn.Sequential(*(TransformerLayer(channels) for _ in range(layers)))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x + self.position(x))


class Segmenter(SurveyNetwork):
    """Encoder, `middle`, and a decoder that enlarges step by step, the encoder's features beside it (TransUNet; Chen et al. 2021)."""

    kind = family = "segmentation"
    residual = False
    multiple = STRIDE
    upsampling = "bilinear"

    def __init__(self, classes: int, channels: int, middle: nn.Module):
        super().__init__()
        self.encoder = Encoder().requires_grad_(False)
        self.enter, self.middle = nn.Conv2d(CHANNELS[3], channels, 1), middle
        self.dec8 = ConvNorm(channels + CHANNELS[2], 64, 3, BILINEAR, True)
        self.dec4 = ConvNorm(64 + CHANNELS[1], 48, 3, BILINEAR, True)
        self.dec2 = ConvNorm(48 + CHANNELS[0], 32, 3, BILINEAR, True)
        self.head = nn.Conv2d(32, classes, 1)

    def entered(self, features: Features) -> Tensor:
        return torch.relu(self.enter(features.s16))

    def decoded(self, y: Tensor, features: Features) -> Tensor:
        for decoder, skip in ((self.dec8, features.s8), (self.dec4, features.s4), (self.dec2, features.s2)):
            y = functional.interpolate(y, scale_factor=2.0, mode="bilinear", align_corners=False)
            y = decoder(torch.cat([y, skip], dim=1), "bilinear")
        return self.head(y)

    def forward(self, x: Tensor) -> Tensor:
        features = self.encoder(x, STRIDE)
        logits = self.decoded(self.middle(self.entered(features)), features)
        return logits if self.training else probabilities(logits)

    def folded(self) -> Segmenter:
        whole = copy.deepcopy(self)
        for block in (whole.dec8, whole.dec4, whole.dec2):
            fold(block.conv1, block.norm1["bilinear"])
            block.norm1 = None
        return whole


class UNetmer(Segmenter):
    """One U-Net for each patch of the picture, the same for all; at the bottom the patches attend to each other (He et al. 2023).
    Trained with patches of two sizes, half and a quarter of the picture's sides; it gives the mean of both, then each."""

    GRIDS = (2, 4)
    multiple = STRIDE * GRIDS[-1]
    outputs = ("y", *(f"y_{grid}x{grid}" for grid in GRIDS))

    def logits(self, x: Tensor, grid: int) -> Tensor:
        features = self.encoder(patches(x, grid), STRIDE)
        y = patches(self.middle(joined(self.entered(features), grid)), grid)
        return joined(self.decoded(y, features), grid)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, ...]:
        if self.training:
            return self.logits(x, self.GRIDS[int(torch.randint(len(self.GRIDS), (1,)))])
        each = [probabilities(self.logits(x, grid)) for grid in self.GRIDS]
        return (sum(each) / len(each), *each)


def probabilities(logits: Tensor) -> Tensor:
    return torch.softmax(functional.interpolate(logits, scale_factor=2.0, mode="bilinear", align_corners=False), dim=1)


def patches(x: Tensor, grid: int) -> Tensor:
    """N x C x H x W to grid² N x C x H/grid x W/grid."""
    n, channels, height, width = x.shape
    x = x.reshape(n, channels, grid, height // grid, grid, width // grid).permute(0, 2, 4, 1, 3, 5)
    return x.reshape(n * grid**2, channels, height // grid, width // grid)


def joined(x: Tensor, grid: int) -> Tensor:
    """The other way around."""
    n, channels, height, width = x.shape
    x = x.reshape(n // grid**2, grid, grid, channels, height, width).permute(0, 3, 1, 4, 2, 5)
    return x.reshape(n // grid**2, channels, grid * height, grid * width)


WIDTH = 96
# By the name that recipes and files have: of about as many parameters.
SEGMENTERS: dict[str, Callable[[int], Segmenter]] = {
    "convolutions": lambda classes: Segmenter(classes, WIDTH, nn.Sequential(*(ResidualBlock(WIDTH) for _ in range(2)))),
    "trans-unet": lambda classes: Segmenter(classes, WIDTH, Transformer(WIDTH, layers=4)),
    "u-netmer": lambda classes: UNetmer(classes, WIDTH, Transformer(WIDTH, layers=4)),
}


def segmenter(inputs: int, outputs: int, strategies: tuple[str, ...]) -> Segmenter:
    """The network of the survey that `strategies` names."""
    if inputs != 3:
        raise ValueError(f"the networks of the survey are for colors, not {inputs} channels")
    known = {name: lambda made=made: made(outputs) for name, made in SEGMENTERS.items()}
    return built(known, strategies, dict(inputs=inputs, outputs=outputs), lambda name: "transformers")
