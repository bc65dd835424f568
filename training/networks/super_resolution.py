"""The survey of super-resolution that the lecture ends with (Wang, Chen and Hoi 2020; Anwar, Khan and Barnes 2020): where a network
enlarges, and what it is built of.

Every network takes N x 3 x H x W, 0-1, and adds what it has learned to that picture enlarged four times by bicubic interpolation.
Those of `DESIGNS` are alike but for one idea: a first convolution, a body at the small picture's size, one convolution and a pixel
shuffle (Shi et al. 2016).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from model import ResidualBlock, chain, conv3, soften
from torch import Tensor, nn
from torch.nn import functional

from .layers import Convs, shifted
from .survey import SurveyNetwork, built

SCALE = 4
DEPTH = 8  # convolutions of a body


def enlarged(x: Tensor, scale: int) -> Tensor:
    # By its size: of factors one after the other PyTorch's exporter makes no dynamic shapes.
    size = [scale * side for side in x.shape[2:]]
    return functional.interpolate(x, size=size, mode="bicubic", align_corners=False)


class Recursion(nn.Module):
    """One residual block, again and again with the same weights (DRRN; Tai et al. 2017)."""

    def __init__(self, channels: int, times: int = DEPTH // 2):
        super().__init__()
        self.block, self.times = ResidualBlock(channels), times

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(self.times):
            x = self.block(x)
        return x


class AttentionBlock(nn.Module):
    """A residual block whose channels are weighed by what their means say (RCAN; Zhang et al. 2018)."""

    def __init__(self, channels: int, less: int = 4):
        super().__init__()
        self.conv1, self.conv2 = conv3(channels, channels), conv3(channels, channels)
        self.down, self.up = nn.Conv2d(channels, channels // less, 1), nn.Conv2d(channels // less, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv2(torch.relu(self.conv1(x)))
        means = y.mean((2, 3), keepdim=True)
        return x + y * torch.sigmoid(self.up(torch.relu(self.down(means))))


class DenseBlock(nn.Module):
    """Each convolution sees the results of all before it; a 1x1 convolution joins them (RDN; Zhang et al. 2018)."""

    def __init__(self, channels: int, growth: int, depth: int = DEPTH - 1):
        super().__init__()
        self.convs = nn.ModuleList(conv3(channels + growth * index, growth) for index in range(depth))
        self.join = nn.Conv2d(channels + growth * depth, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        seen = x
        for conv in self.convs:
            seen = torch.cat([seen, torch.relu(conv(seen))], dim=1)
        return x + self.join(seen)


class MultiPathBlock(nn.Module):
    """A 3x3 and a 5x5 convolution side by side, joined by a 1x1 convolution (MSRN; Li et al. 2018)."""

    def __init__(self, channels: int):
        super().__init__()
        self.near, self.far = conv3(channels, channels // 2), nn.Conv2d(channels, channels // 2, 5, padding=2)
        self.join = nn.Conv2d(channels // 2 * 2, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.join(torch.relu(torch.cat([self.near(x), self.far(x)], dim=1)))


class GroupBlock(nn.Module):
    """A residual block of grouped convolutions, joined by a 1x1 convolution (CARN-M; Ahn et al. 2018)."""

    def __init__(self, channels: int, groups: int = 4):
        super().__init__()
        self.conv1, self.conv2 = (nn.Conv2d(channels, channels, 3, padding=1, groups=groups) for _ in range(2))
        self.join = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.join(torch.relu(self.conv2(torch.relu(self.conv1(x)))))


class PyramidPooling(nn.Module):
    """Means over windows of 2, 4, 8 and 16 pixels, brought back and put beside what they are of (PSPNet; Zhao et al. 2017)."""

    WINDOWS = (2, 4, 8, 16)

    def __init__(self, channels: int):
        super().__init__()
        self.levels = nn.ModuleList(nn.Conv2d(channels, channels // 4, 1) for _ in self.WINDOWS)
        self.join = conv3(channels + channels // 4 * len(self.WINDOWS), channels)

    def forward(self, x: Tensor) -> Tensor:
        seen = [x]
        for window, conv in zip(self.WINDOWS, self.levels):
            means = torch.relu(conv(functional.avg_pool2d(x, window)))
            seen.append(functional.interpolate(means, scale_factor=float(window), mode="bilinear", align_corners=False))
        return x + torch.relu(self.join(torch.cat(seen, dim=1)))


def blocks(kind: Callable[[int], nn.Module], channels: int, count: int = DEPTH // 2) -> nn.Module:
    return nn.Sequential(*(kind(channels) for _ in range(count)))


class SuperResolver(SurveyNetwork):
    """Gives the picture enlarged by `SCALE`, first of several."""

    kind = family = "super-resolution"
    upsampling = "pixel-shuffle"


class PostUpsampling(SuperResolver):
    """All work at the small picture's size; one pixel shuffle at the end (ESPCN; Shi et al. 2016)."""

    def __init__(self, channels: int, body: nn.Module, multiple: int = 1, scale: int = SCALE):
        super().__init__()
        self.multiple, self.scale = multiple, scale
        self.first, self.body = conv3(3, channels), body
        self.head = conv3(channels, 3 * scale**2)

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(torch.relu(self.first(shifted(x))))
        return enlarged(x, self.scale) + functional.pixel_shuffle(self.head(y), self.scale)


class MultiScale(SuperResolver):
    """One body, a head for each scale (MDSR; Lim et al. 2017): the pictures 4, 2 and 3 times as large."""

    outputs = ("y", "y_x2", "y_x3")
    SCALES = (SCALE, 2, 3)

    def __init__(self, channels: int):
        super().__init__()
        self.first, self.body = conv3(3, channels), blocks(ResidualBlock, channels)
        self.head = nn.ModuleDict({f"x{scale}": conv3(channels, 3 * scale**2) for scale in self.SCALES})

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        y = self.body(torch.relu(self.first(shifted(x))))
        heads = zip(self.SCALES, self.head.values())
        return tuple(enlarged(x, scale) + functional.pixel_shuffle(head(y), scale) for scale, head in heads)


class PreUpsampling(SuperResolver):
    """A chain of convolutions on the enlarged picture (VDSR; Kim et al. 2016)."""

    upsampling = "bicubic"

    def __init__(self, channels: int):
        super().__init__()
        self.first, self.body, self.head = conv3(3, channels), Convs(channels, DEPTH - 1), conv3(channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = enlarged(x, SCALE)
        return x + self.head(self.body(torch.relu(self.first(shifted(x)))))


class Progressive(SuperResolver):
    """A pyramid: twice as large, and twice again, each level corrected and compared (LapSRN; Lai et al. 2017)."""

    upsampling = "transposed-conv"
    outputs = ("y", "y_x2")

    def __init__(self, channels: int):
        super().__init__()
        self.first = conv3(3, channels)
        for level in (1, 2):
            self.add_module(f"body{level}", Convs(channels, DEPTH // 2))
            self.add_module(f"up{level}", nn.ConvTranspose2d(channels, channels, 4, 2, 1))
            self.add_module(f"head{level}", conv3(channels, 3))

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        y, made = torch.relu(self.first(shifted(x))), []
        for level in (1, 2):
            y = torch.relu(self.get_submodule(f"up{level}")(self.get_submodule(f"body{level}")(y)))
            x = enlarged(x, 2) + self.get_submodule(f"head{level}")(y)
            made.append(x)
        return tuple(reversed(made))


class Projection(nn.Module):
    """Scales, scales back, and corrects by what was lost on the way."""

    def __init__(self, channels: int, up: bool):
        super().__init__()
        there, back = (nn.ConvTranspose2d, nn.Conv2d) if up else (nn.Conv2d, nn.ConvTranspose2d)
        self.there, self.back, self.again = (
            kind(channels, channels, 2 * SCALE, SCALE, SCALE // 2) for kind in (there, back, there)
        )

    def forward(self, x: Tensor) -> Tensor:
        made = torch.relu(self.there(x))
        return made + self.again(self.back(made) - x)


class IterativeUpDown(SuperResolver):
    """Up, down and up again, all large results joined (DBPN; Haris et al. 2018)."""

    upsampling = "transposed-conv"

    def __init__(self, channels: int):
        super().__init__()
        self.first = conv3(3, channels)
        self.up1, self.down, self.up2 = (Projection(channels, up) for up in (True, False, True))
        self.head = conv3(2 * channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        large = self.up1(torch.relu(self.first(shifted(x))))
        return enlarged(x, SCALE) + self.head(torch.cat([large, self.up2(self.down(large))], dim=1))


# By the name that recipes and files have: of so many channels that those of a kind have about as many parameters.
FRAMEWORKS: dict[str, Callable[[], SuperResolver]] = {
    "pre-upsampling": lambda: PreUpsampling(18),
    "post-upsampling": lambda: PostUpsampling(40, Convs(40, DEPTH)),
    "progressive": lambda: Progressive(24),
    "iterative-up-down": lambda: IterativeUpDown(16),
}
DESIGNS: dict[str, Callable[[], SuperResolver]] = {
    "residual": lambda: PostUpsampling(40, blocks(ResidualBlock, 40)),
    "recursive": lambda: PostUpsampling(76, Recursion(76)),
    "channel-attention": lambda: PostUpsampling(40, blocks(AttentionBlock, 40)),
    "dense": lambda: PostUpsampling(40, DenseBlock(40, growth=20)),
    "multi-path": lambda: PostUpsampling(40, blocks(MultiPathBlock, 40)),
    "multi-scale": lambda: MultiScale(38),
    "group-convolution": lambda: PostUpsampling(72, blocks(GroupBlock, 72)),
    "pyramid-pooling": lambda: PostUpsampling(
        40, nn.Sequential(blocks(ResidualBlock, 40, 1), PyramidPooling(40), blocks(ResidualBlock, 40, 2)), multiple=16
    ),
}
# The best framework and design, as wide as 100 kFLOP for each pixel of the large picture allow: channels, by scale. No attention:
# means over the whole picture would keep the network from running in tiles, and in the survey they bring nothing.
BEST_QUALITY = {2: 32, 4: 64}
BEST_BLOCKS = 10


def super_resolver(inputs: int, outputs: int, scale: int, strategies: tuple[str, ...]) -> SuperResolver:
    """The network of the survey that `strategies` names."""
    known = FRAMEWORKS | DESIGNS if scale == SCALE else {}
    if channels := BEST_QUALITY.get(scale):
        known = {**known, "best-quality": lambda: PostUpsampling(channels, chain(channels, BEST_BLOCKS), scale=scale)}
    if (inputs, outputs) != (3, 3) or not known:
        scales = " or ".join(str(known) for known in BEST_QUALITY)
        raise ValueError(f"the networks of the survey enlarge colors {scales} times, not {inputs} channels {scale} times")
    settings = dict(inputs=inputs, outputs=outputs, scale=scale)
    surveys = {"best-quality": "best-quality"} | dict.fromkeys(FRAMEWORKS, "frameworks") | dict.fromkeys(DESIGNS, "designs")
    net = built(known, strategies, settings, surveys.__getitem__)
    if net.strategy == "best-quality":
        soften(net.body, BEST_BLOCKS)
    return net
