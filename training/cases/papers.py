"""Small versions of the surveyed networks, each with the structure that makes it what it is."""

from __future__ import annotations

import torch
from model import UNet, conv3
from torch import Tensor, nn
from torch.nn import functional as F


class Espcn(nn.Sequential):
    """Shi et al. 2016: all work at low resolution, then pixel shuffle (x3)."""

    def __init__(self, channels: int = 8):
        super().__init__(
            nn.Conv2d(1, channels, 5, padding=2), nn.Tanh(), conv3(channels, channels // 2), nn.Tanh(),
            conv3(channels // 2, 9), nn.PixelShuffle(3),
        )  # fmt: skip


class DnCnn(nn.Module):
    """Zhang et al. 2017: predicts the noise; convolution, batch norm, ReLU."""

    def __init__(self, channels: int = 7, middle: int = 3):
        super().__init__()
        layers: list[nn.Module] = [conv3(3, channels), nn.ReLU()]
        for _ in range(middle):
            layers += [nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
        self.noise = nn.Sequential(*layers, conv3(channels, 3))

    def forward(self, x: Tensor) -> Tensor:
        return x - self.noise(x)


class AttentionBlock(nn.Module):
    """RCAN's block: two convolutions, then each channel weighed by what its mean says."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv1, self.conv2 = conv3(channels, channels), conv3(channels, channels)
        self.down, self.up = nn.Conv2d(channels, channels // 4, 1), nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv2(torch.relu(self.conv1(x)))
        weight = F.adaptive_avg_pool2d(y, 1)
        return x + y * torch.sigmoid(self.up(torch.relu(self.down(weight))))


class ChannelAttention(nn.Module):
    """Zhang et al. 2018: residual groups of attention blocks, pixel shuffle (x2)."""

    def __init__(self, channels: int = 8):
        super().__init__()
        self.first, self.last = conv3(3, channels), conv3(channels, channels)
        self.blocks = nn.Sequential(AttentionBlock(channels), AttentionBlock(channels))
        self.up, self.shuffle = conv3(channels, 12), nn.PixelShuffle(2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        return self.shuffle(self.up(x + self.last(self.blocks(x))))


class LapSrn(nn.Module):
    """Lai et al. 2017: a pyramid with an output at x2 and at x4."""

    def __init__(self, channels: int = 6):
        super().__init__()
        self.first = conv3(1, channels)
        for level in (1, 2):
            self.add_module(f"features{level}", conv3(channels, channels))
            self.add_module(f"up{level}", nn.ConvTranspose2d(channels, channels, 4, 2, 1))
            self.add_module(f"residual{level}", conv3(channels, 1))
            self.add_module(f"picture{level}", nn.ConvTranspose2d(1, 1, 4, 2, 1))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        features, outputs = self.first(x), []
        for level in (1, 2):
            features = F.leaky_relu(self.get_submodule(f"features{level}")(features), 0.2)
            features = F.leaky_relu(self.get_submodule(f"up{level}")(features), 0.2)
            x = self.get_submodule(f"picture{level}")(x) + self.get_submodule(f"residual{level}")(features)
            outputs.append(x)
        return outputs[0], outputs[1]


class Projection(nn.Module):
    """DBPN's unit: scale, scale back, and correct by what was lost on the way."""

    def __init__(self, channels: int, up: bool):
        super().__init__()
        there, back = (nn.ConvTranspose2d, nn.Conv2d) if up else (nn.Conv2d, nn.ConvTranspose2d)
        self.there, self.back, self.again = (
            kind(channels, channels, 6, 2, 2) for kind in (there, back, there)
        )  # fmt: skip
        self.act1, self.act2, self.act3 = nn.PReLU(), nn.PReLU(), nn.PReLU(channels)

    def forward(self, x: Tensor) -> Tensor:
        first = self.act1(self.there(x))
        return first + self.act3(self.again(self.act2(self.back(first)) - x))


class Dbpn(nn.Module):
    """Haris et al. 2018: up and down in turn, all high-resolution results concatenated."""

    def __init__(self, channels: int = 4):
        super().__init__()
        self.first = conv3(3, channels)
        self.up1, self.down, self.up2 = (Projection(channels, up) for up in (True, False, True))
        self.last = conv3(2 * channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        first = self.up1(torch.relu(self.first(x)))
        return self.last(torch.cat([first, self.up2(self.down(first))], 1))


class PyramidPooling(nn.Module):
    """Zhao et al. 2017: means over grids of 1, 2, 3 and 6, brought back and concatenated; classes per pixel."""

    def __init__(self, channels: int = 8):
        super().__init__()
        self.first = nn.Conv2d(3, channels, 3, stride=2, padding=1)
        self.grids = nn.ModuleList(nn.Conv2d(channels, channels // 4, 1) for _ in range(4))
        self.last = conv3(2 * channels, 4)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.first(x))
        size = y.shape[2:]
        parts = [y]
        for grid, conv in zip((1, 2, 3, 6), self.grids):
            means = torch.relu(conv(F.adaptive_avg_pool2d(y, grid)))
            parts.append(F.interpolate(means, size=size, mode="bilinear", align_corners=False))
        classes = F.interpolate(self.last(torch.cat(parts, 1)), scale_factor=2.0, mode="bilinear", align_corners=True)
        return torch.softmax(classes, 1)


class Recursive(nn.Module):
    """Kim et al. 2016 (DRCN): one convolution applied again and again, its results averaged with learned weights."""

    def __init__(self, channels: int = 6, depth: int = 4):
        super().__init__()
        self.first, self.again, self.last = conv3(1, channels), conv3(channels, channels), conv3(channels, 1)
        self.shares = nn.Parameter(torch.full((depth,), 1 / depth))

    def forward(self, x: Tensor) -> Tensor:
        y, total = torch.relu(self.first(x)), 0
        for share in self.shares:
            y = torch.relu(self.again(y))
            total = total + share * self.last(y)
        return x + total


class NoiseLevel(nn.Module):
    """After FFDNet (Zhang et al. 2018): a second input says how strong the noise is; works on unshuffled pixels."""

    def __init__(self, channels: int = 8):
        super().__init__()
        self.body = nn.Sequential(conv3(13, channels), nn.ReLU(), conv3(channels, 12))

    def forward(self, x: Tensor, sigma: Tensor) -> Tensor:
        y = F.pixel_unshuffle(x, 2)
        level = sigma.expand(y.shape[0], 1, y.shape[2], y.shape[3])
        return F.pixel_shuffle(self.body(torch.cat([y, level], 1)), 2)


class Segment(nn.Module):
    """A U-Net's class probabilities, and the most likely class."""

    def __init__(self):
        super().__init__()
        self.net = UNet(3, 4, widths=(4, 8, 16), strategies=("nearest",), norm="after-relu")

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        scores = self.net(x)
        return torch.softmax(scores, 1), scores.argmax(1)


class ChannelNormed(nn.Module):
    """Layer norm of each pixel's channels, twice, as networks have it. "root": over the root of the variance (NAFNet; Chen et al. 2022);
    "reciprocal": times its reciprocal; "last": `torch.nn.LayerNorm` of channels that were put last (ConvNeXt; Liu et al. 2022);
    "shared": "root", and the variance is an output too."""

    def __init__(self, how: str):
        super().__init__()
        self.how = how
        self.first, self.second = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 3, 3, padding=1)
        self.scales = nn.ParameterList(nn.Parameter(torch.ones(c)) for c in (6, 3))
        self.shifts = nn.ParameterList(nn.Parameter(torch.zeros(c)) for c in (6, 3))

    def norm(self, x: Tensor, index: int) -> tuple[Tensor, Tensor]:
        scale, shift = self.scales[index], self.shifts[index]
        if self.how == "last":
            last = F.layer_norm(x.permute(0, 2, 3, 1), scale.shape, scale, shift, 1e-6)
            return last.permute(0, 3, 1, 2), x
        centered = x - x.mean(1, keepdim=True)
        variance = centered.pow(2).mean(1, keepdim=True)
        is_product, floored = self.how == "reciprocal", variance + 1e-6
        y = centered * torch.rsqrt(floored) if is_product else centered / floored.sqrt()
        return scale.view(1, -1, 1, 1) * y + shift.view(1, -1, 1, 1), variance

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        y, seen = self.norm(self.first(x), 0)
        y, also = self.norm(self.second(y), 1)
        return (y, seen + also) if self.how == "shared" else y


class GroupNormed(nn.Module):
    """Wu and He 2018: normalisation of groups, for which exporters reshape; at a quarter of the pixels, by unshuffling."""

    def __init__(self, channels: int = 6):
        super().__init__()
        self.first, self.deep = conv3(12, channels), conv3(channels, channels)
        self.norm1, self.norm2 = nn.GroupNorm(2, channels), nn.GroupNorm(3, channels)
        self.last = conv3(2 * channels, 12)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.norm1(self.first(F.pixel_unshuffle(x, 2))))
        z = torch.relu(self.norm2(self.deep(F.max_pool2d(y, 2))))
        z = F.interpolate(z, scale_factor=2.0, mode="nearest")
        return F.pixel_shuffle(self.last(torch.cat([y, z], 1)), 2)


class Cropped(nn.Module):
    """What is cropped is not seen, but what pads afterwards begins where the crop ends."""

    def __init__(self, channels: int = 4):
        super().__init__()
        self.first, self.last = conv3(3, channels), conv3(channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.relu(self.first(x[:, :, 2:-1, 1:-2]))[:, :, 1:-1, 1:-1])


class Attentive(nn.Module):
    """Ho et al. 2020: SiLU, and self-attention of several heads where the picture is smallest; queries and keys of length 1."""

    def __init__(self, channels: int = 8, heads: int = 2):
        super().__init__()
        self.heads = heads
        self.first, self.deep = conv3(3, channels), conv3(channels, channels)
        self.qkv, self.last = nn.Conv2d(channels, 3 * channels, 1), conv3(2 * channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        y = F.silu(self.first(x))
        z = F.silu(self.deep(F.max_pool2d(y, 2)))
        n, c, h, w = z.shape
        q, k, v = self.qkv(z).reshape(n, 3, self.heads, c // self.heads, h * w).unbind(1)
        weights = torch.softmax(F.normalize(q, dim=2).transpose(2, 3) @ F.normalize(k, dim=2), -1)
        z = z + (v @ weights.transpose(2, 3)).reshape(n, c, h, w)
        return self.last(torch.cat([y, F.interpolate(z, scale_factor=2.0, mode="nearest")], 1))


class Coordinates(nn.Module):
    """Liu et al. 2018: each pixel is told its place; the last layer works on channels that come last."""

    def __init__(self, channels: int = 6):
        super().__init__()
        self.first, self.last = conv3(5, channels), nn.Linear(channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        n, _, h, w = x.shape
        rows = (torch.arange(h, dtype=x.dtype) / h).view(1, 1, h, 1).expand(n, 1, h, w)
        columns = (torch.arange(w, dtype=x.dtype) / w).view(1, 1, 1, w).expand(n, 1, h, w)
        y = F.mish(self.first(torch.cat([x, rows, columns], 1)))
        return self.last(y.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
