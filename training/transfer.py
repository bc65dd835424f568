"""A U-Net whose encoder is pretrained (encoder.py) and whose decoder is small; the five upsamplers decode the same features.

Every upsampler maps C x H x W to D x 2H x 2W, D the channels of the skip connection there; all else is alike. `max-unpool` takes its
indices from a 2x2 max-pool of that skip connection's features. The networks' heads: colors as classes (Zhang, Isola and Efros 2016),
or probabilities of classes.
"""

from __future__ import annotations

from typing import NamedTuple, Self

import torch
from encoder import CHANNELS, STRIDE, Encoder, Features
from model import fold, initialise
from torch import Tensor, nn
from torch.nn import functional

import lab

BIN = 10  # of a* and b*
CHROMA = 128  # a* and b* of an output 1
DETAIL = 16  # channels that the frame itself has at the finest stride
HINTS = 3  # a* and b* of 128ths where there is a hint, 0 elsewhere; 1 where there is one


class Seen(NamedTuple):
    """Frames (N x inputs x H x W, 0-1), what the encoder makes of them where that is known, and hints (N x 3 at a quarter of the
    resolution)."""

    frames: Tensor
    features: Features | None
    hints: Tensor | None = None


def color_bins() -> Tensor:
    """Q x 2: a* and b*, multiples of BIN, of all colors that sRGB has."""
    line = torch.linspace(0, 1, 52)
    rgb = torch.stack(torch.meshgrid(line, line, line, indexing="ij")).reshape(1, 3, -1, 1)
    ab = lab.from_rgb(rgb)[0, 1:, :, 0].T
    return torch.unique((ab / BIN).round(), dim=0) * BIN


class Upsample(nn.Module):
    """`nearest`, `bilinear`, `max-unpool`: a 1x1 convolution, then twice the size; `pixel-shuffle`: a 1x1 convolution to four times
    the channels, rearranged; `transposed-conv`: kernel 4, stride 2, padding 1."""

    def __init__(self, strategy: str, inputs: int, outputs: int):
        super().__init__()
        self.strategy = strategy
        if strategy == "transposed-conv":
            self.conv = nn.ConvTranspose2d(inputs, outputs, 4, 2, 1)
        else:
            self.conv = nn.Conv2d(inputs, 4 * outputs if strategy == "pixel-shuffle" else outputs, 1)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        x = self.conv(x)
        if self.strategy == "nearest":
            return functional.interpolate(x, scale_factor=2.0, mode="nearest")
        if self.strategy == "bilinear":
            return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)
        if self.strategy == "pixel-shuffle":
            return functional.pixel_shuffle(x, 2)
        if self.strategy == "max-unpool":
            return functional.max_unpool2d(x, functional.max_pool2d(skip, 2, return_indices=True)[1], 2)
        if self.strategy == "transposed-conv":
            return x
        raise ValueError(f"unknown upsampling strategy {self.strategy!r}")


class ConvNorm(nn.Module):
    """Convolution, batch norm, ReLU; each strategy has statistics of its own."""

    def __init__(self, inputs: int, outputs: int, kernel: int, strategies: tuple[str, ...], norm: bool):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
        self.norm1 = nn.ModuleDict({s: nn.BatchNorm2d(outputs) for s in strategies}) if norm else None

    def forward(self, x: Tensor, strategy: str) -> Tensor:
        x = self.conv1(x)
        return torch.relu(x if self.norm1 is None else self.norm1[strategy](x))


class TransferUNet(nn.Module):
    """N x inputs (1 or 3) x H x W, sides multiples of 32. In training the logits at the finest stride of the decoder; otherwise, at
    full size, N x 2 chroma (a*, b* of 128ths) of `colors`, or N x outputs probabilities.

    widths: of the decoder at strides 16, 8, 4 and perhaps 2.
    colors: the outputs are classes of color; the annealed mean of them (at `temperature`) is the chroma.
    hints: takes places whose color is given (Zhang et al. 2017). Convolutions of their own, which begin with zeros, add what they
    say to the features of every level: they are rare, and in a larger convolution their weights would learn next to nothing.
    skips: concatenate the encoder's features, and at the finest stride the frame itself, at every level of the decoder.
    """

    kind, family = "transfer", "unet"
    residual = False
    multiple = STRIDE

    def __init__(
        self,
        inputs: int = 3,
        outputs: int = 4,
        widths: tuple[int, ...] = (96, 64, 48, 32),
        strategies: tuple[str, ...] = ("bilinear",),
        colors: bool = False,
        hints: bool = False,
        skips: bool = True,
        temperature: float = 0.38,
        norm: str = "before-relu",
    ):
        super().__init__()
        self.settings = dict(
            inputs=inputs, outputs=outputs, widths=tuple(widths), colors=colors, hints=hints, skips=skips,
            temperature=temperature, norm=norm,
        )  # fmt: skip
        self.strategies = tuple(strategies)
        self.strategy = self.strategies[0]
        self.stride = STRIDE // 2 ** len(widths)
        self.encoder = Encoder().requires_grad_(False)
        has_norm = norm != "none"
        self.around = nn.Conv2d(CHANNELS[-1], widths[0], 1)
        self.bottom = ConvNorm(CHANNELS[-1], widths[0], 1, self.strategies, has_norm)
        above = widths[0]
        for level, (skip, width) in enumerate(zip(CHANNELS[-2 : -2 - len(widths) : -1], widths)):
            name, last = STRIDE >> (level + 1), level == len(widths) - 1
            self.add_module(f"up{name}", nn.ModuleDict({s: Upsample(s, above, skip) for s in self.strategies}))
            beside = skip + (DETAIL if last else 0) if skips else 0
            self.add_module(f"dec{name}", ConvNorm(skip + beside, width, 3, self.strategies, has_norm))
            above = width
        self.detail = nn.Conv2d(inputs, DETAIL, self.stride, self.stride) if skips else None
        self.fine = ConvNorm(above, above, 3, self.strategies, has_norm)
        bins = color_bins() if colors else torch.zeros(0, 2)
        self.head = nn.Conv2d(above, len(bins) if colors else outputs, 1)
        self.apply(lambda module: None if module in set(self.encoder.modules()) else initialise(module))
        nn.init.zeros_(self.head.weight)
        self.told = nn.ModuleDict()
        if hints:
            for level, width in enumerate((widths[0], *widths)):
                kernel = 3 if level else 1
                self.told[f"s{STRIDE >> level}"] = conv = nn.Conv2d(HINTS, width, kernel, padding=kernel // 2, bias=False)
                nn.init.zeros_(conv.weight)
        if colors:
            self.register_buffer("bins", bins)
            self.register_buffer("temperature", torch.tensor(temperature))
        if hints:
            self.register_buffer("hints", torch.zeros(1, HINTS, 1, 1))

    def encoded(self, frames: Tensor) -> Features:
        return self.encoder(frames.expand(-1, 3, -1, -1) if frames.shape[1] == 1 else frames)

    def logits(self, seen: Seen) -> Tensor:
        frames = seen.frames
        features = self.encoded(frames) if seen.features is None else seen.features
        hints = self.hinted(seen)
        y = features.s32
        y = self.bottom(y, self.strategy) + self.around(y.mean((2, 3), keepdim=True))
        if hints is not None:
            y = y + self.told[f"s{STRIDE}"](hints[STRIDE])
        for level, skip in enumerate(features[-2 : -2 - len(self.settings["widths"]) : -1]):
            stride = STRIDE >> (level + 1)
            parts = [self.get_submodule(f"up{stride}")[self.strategy](y, skip)]
            if self.detail is not None:
                parts.append(skip)
                if stride == self.stride:
                    parts.append(self.detail(frames - 0.5))
            y = self.get_submodule(f"dec{stride}")(torch.cat(parts, dim=1), self.strategy)
            if hints is not None:
                y = y + self.told[f"s{stride}"](hints[stride])
        return self.head(self.fine(y, self.strategy))

    def hinted(self, seen: Seen) -> dict[int, Tensor] | None:
        """The hints at each stride: of a coarse pixel, the mean of those that it has."""
        if not self.told:
            return None
        given = self.hints if seen.hints is None else seen.hints
        n, _, height, width = seen.frames.shape
        given = given.expand(n, HINTS, height // 4, width // 4)

        def pooled(stride: int) -> Tensor:
            several = (stride // 4) ** 2 * functional.avg_pool2d(given, stride // 4)
            count = several[:, 2:]
            return torch.cat([several[:, :2] / count.clamp(min=1), count.clamp(max=1)], dim=1)

        return {4: given} | {stride: pooled(stride) for stride in (8, 16, 32)}

    def chroma(self, logits: Tensor) -> Tensor:
        """The annealed mean: N x 2, of 128ths, at the logits' resolution."""
        likely = torch.softmax(logits / self.temperature, dim=1)
        return functional.conv2d(likely, (self.bins.T / CHROMA)[:, :, None, None])

    def forward(self, x: Tensor | Seen) -> Tensor:
        logits = self.logits(x if isinstance(x, Seen) else Seen(x, None))
        if self.training:
            return logits
        made = self.chroma(logits) if self.settings["colors"] else logits
        made = functional.interpolate(made, scale_factor=float(self.stride), mode="bilinear", align_corners=False)
        return made if self.settings["colors"] else torch.softmax(made, dim=1)

    def single(self, strategy: str) -> Self:
        """A copy that holds only `strategy`."""
        one = type(self)(**self.settings, strategies=(strategy,))
        one.load_state_dict({k: v for k, v in self.state_dict().items() if k in one.state_dict()})
        return one.train(self.training)

    def folded(self) -> Self:
        """For inference, of one strategy: the same function without batch norm."""
        whole = self.single(self.strategy)
        for block in whole.modules():
            if isinstance(block, ConvNorm):
                (norm,) = block.norm1.values()
                fold(block.conv1, norm)
        plain = type(self)(**{**self.settings, "norm": "none"}, strategies=self.strategies)
        plain.load_state_dict({k: v for k, v in whole.state_dict().items() if k in plain.state_dict()})
        return plain.eval()
