"""The super-resolution network as the lecture draws it, for comparison: pooling throws detail away before any skip
connection has kept it, and the last layer makes the picture anew instead of correcting its input."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Blue(nn.Module):
    """3x3 convolution, ReLU, batch norm, 2x2 max-pooling."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.max_pool2d(self.norm(torch.relu(self.conv(x))), 2)


class Green(nn.Module):
    """4x4 transposed convolution of stride 2, ReLU, batch norm."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(torch.relu(self.conv(x)))


class Red(nn.Module):
    """4x4 transposed convolution of stride 2, Tanh."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.conv(x))


class LectureUNet(nn.Module):
    """N x 3 x H x W to N x 3 x H x W, 0-1 outside and -1 to 1 within; H and W are multiples of 2^blocks."""

    kind, family = "lecture", "unet"

    def __init__(self, inputs: int = 3, outputs: int = 3, widths: tuple[int, ...] = (16, 32, 64, 128),
                 strategies: tuple[str, ...] = ("transposed-conv",)):  # fmt: skip
        super().__init__()
        if tuple(strategies) != ("transposed-conv",):
            raise ValueError(f"the lecture's network upsamples by transposed convolution alone, not {strategies}")
        self.settings = dict(inputs=inputs, outputs=outputs, widths=tuple(widths))
        self.strategies, self.strategy = tuple(strategies), strategies[0]
        self.residual = False
        self.depth = len(widths)
        self.multiple = 2**self.depth
        for level, (above, width) in enumerate(zip((inputs, *widths), widths), start=1):
            self.add_module(f"blue{level}", Blue(above, width))
        for level in range(self.depth - 1, 0, -1):
            deep = widths[-1] if level == self.depth - 1 else 2 * widths[level]
            self.add_module(f"green{level}", Green(deep, widths[level - 1]))
        self.red = Red(2 * widths[0], outputs)

    def forward(self, x: Tensor) -> Tensor:
        x, kept = 2 * x - 1, []
        for level in range(1, self.depth + 1):
            x = self.get_submodule(f"blue{level}")(x)
            kept.append(x)
        kept.pop()
        for level in range(self.depth - 1, 0, -1):
            x = torch.cat([self.get_submodule(f"green{level}")(x), kept.pop()], dim=1)
        return (self.red(x) + 1) / 2

    @property
    def head(self) -> nn.Module:
        return self.red

    def single(self, strategy: str) -> LectureUNet:
        return self

    def folded(self) -> LectureUNet:
        return self
