"""The U-Net of the playground: one definition, five ways to upsample.

Every upsampler maps C x H x W to C/2 x 2H x 2W, all else is alike, so that a comparison of two files is a comparison
of upsampling. A network may hold several upsamplers side by side and draw one at each training step; `single` cuts it
down to one for export.

Module names (`enc1.conv2`, `up1`, `dec1.conv1`, ...) are the names in the ONNX file and in the engine's inspector.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from itertools import pairwise

import torch
from torch import Tensor, nn

STRATEGIES = ("nearest", "bilinear", "pixel-shuffle", "max-unpool", "transposed-conv")
NORMS = ("none", "before-relu", "after-relu")


def conv3(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)


class DoubleConv(nn.Module):
    """Two 3x3 convolutions with ReLU; batch norm before the ReLU (foldable), after it (the lecture's order) or none.

    Each of `kinds` of input has statistics of its own: what reaches a decoder depends on the upsampler.
    """

    def __init__(self, inputs: int, outputs: int, norm: str, kinds: tuple[str, ...] = ("any",)):
        super().__init__()
        self.norm = norm
        self.conv1 = conv3(inputs, outputs)
        self.conv2 = conv3(outputs, outputs)
        if norm != "none":
            self.norm1 = nn.ModuleDict({kind: nn.BatchNorm2d(outputs) for kind in kinds})
            self.norm2 = nn.ModuleDict({kind: nn.BatchNorm2d(outputs) for kind in kinds})

    def forward(self, x: Tensor, kind: str = "any") -> Tensor:
        if self.norm == "before-relu":
            x = torch.relu(self.norm1[kind](self.conv1(x)))
            return torch.relu(self.norm2[kind](self.conv2(x)))
        if self.norm == "after-relu":
            x = self.norm1[kind](torch.relu(self.conv1(x)))
            return self.norm2[kind](torch.relu(self.conv2(x)))
        return torch.relu(self.conv2(torch.relu(self.conv1(x))))


class ResidualBlock(nn.Module):
    """x + conv(ReLU(conv(x))), without norms (EDSR; Lim et al. 2017)."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv1, self.conv2 = conv3(channels, channels), conv3(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(torch.relu(self.conv1(x)))


def chain(channels: int, count: int) -> nn.Sequential:
    """So many residual blocks."""
    return nn.Sequential(*(ResidualBlock(channels) for _ in range(count)))


@torch.no_grad()
def soften(blocks: Iterable[ResidualBlock], count: int) -> None:
    """Scales initial weights so that `count` blocks in sum add about as much as there was."""
    for block in blocks:
        block.conv2.weight.mul_(count**-0.5)


class InterpolateConv(nn.Module):
    """`nearest` and `bilinear`: interpolation by 2 (half-pixel centres), then a 3x3 convolution."""

    def __init__(self, channels: int, mode: str):
        super().__init__()
        self.mode = mode
        self.conv = conv3(channels, channels // 2)

    def forward(self, x: Tensor, indices: Tensor | None) -> Tensor:
        corners = False if self.mode == "bilinear" else None
        return self.conv(nn.functional.interpolate(x, scale_factor=2.0, mode=self.mode, align_corners=corners))


class PixelShuffleConv(nn.Module):
    """`pixel-shuffle`: a 3x3 convolution to four times the channels, rearranged in space."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = conv3(channels, 4 * (channels // 2))

    def forward(self, x: Tensor, indices: Tensor | None) -> Tensor:
        return nn.functional.pixel_shuffle(self.conv(x), 2)


class MaxUnpoolConv(nn.Module):
    """`max-unpool`: a 1x1 convolution, then every value back to where the encoder found its maximum."""

    def __init__(self, channels: int):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels // 2, 1)

    def forward(self, x: Tensor, indices: Tensor | None) -> Tensor:
        return nn.functional.max_unpool2d(self.conv(x), indices, 2)


class TransposedConv(nn.Module):
    """`transposed-conv`: kernel 4, stride 2, padding 1, which weighs every output pixel alike. `transposed-conv3`: kernel 3,
    which reaches some pixels twice and others once: where checkerboards come from (Odena et al. 2016)."""

    def __init__(self, channels: int, kernel: int):
        super().__init__()
        self.conv = nn.ConvTranspose2d(channels, channels // 2, kernel, stride=2, padding=1, output_padding=4 - kernel)

    def forward(self, x: Tensor, indices: Tensor | None) -> Tensor:
        return self.conv(x)


class Pool(nn.Module):
    """2x2 max-pooling, with the maxima's places where unpooling will need them."""

    def forward(self, x: Tensor, wants_indices: bool) -> tuple[Tensor, Tensor | None]:
        if wants_indices:
            return nn.functional.max_pool2d(x, 2, return_indices=True)
        return nn.functional.max_pool2d(x, 2), None


class Cat(nn.Module):
    """The skip connection: the encoder's features beside the upsampled ones."""

    def forward(self, upsampled: Tensor, features: Tensor) -> Tensor:
        return torch.cat([upsampled, features], dim=1)


def upsampler(strategy: str, channels: int) -> nn.Module:
    if strategy in ("nearest", "bilinear"):
        return InterpolateConv(channels, strategy)
    if strategy == "pixel-shuffle":
        return PixelShuffleConv(channels)
    if strategy == "max-unpool":
        return MaxUnpoolConv(channels)
    if strategy == "transposed-conv":
        return TransposedConv(channels, 4)
    if strategy == "transposed-conv3":
        return TransposedConv(channels, 3)
    raise ValueError(f"unknown upsampling strategy {strategy!r}; one of {', '.join(STRATEGIES)}, transposed-conv3")


class UNet(nn.Module):
    """N x inputs x H x W to N x outputs x H x W; H and W are multiples of `multiple` (8 with four widths).

    residual: the network's output is added to its input, which has as many channels or one.
    centre: subtracted from the input before the first convolution. Values of 0-1 learn faster around 0, where
        features do not all follow brightness first.
    skips: concatenate the encoder's features at every level of the decoder.
    blocks: residual blocks that follow the double convolution of the encoder and that of the decoder at each level, of the
        bottleneck too; none where it is empty.
    softmax: the outputs are probabilities of classes.
    scale: the output is `scale` times as large as the input, by a pixel shuffle at the end (Shi et al. 2016); a residual network
        adds it to the input enlarged by bicubic interpolation.
    """

    kind = family = "unet"

    def __init__(
        self,
        inputs: int = 3,
        outputs: int = 3,
        widths: tuple[int, ...] = (16, 32, 64, 128),
        strategies: tuple[str, ...] = ("bilinear",),
        residual: bool = False,
        centre: float = 0.0,
        skips: bool = True,
        norm: str = "none",
        softmax: bool = False,
        scale: int = 1,
        blocks: tuple[int, ...] = (),
    ):
        super().__init__()
        if blocks and len(blocks) != len(widths):
            raise ValueError(f"each of the {len(widths)} widths needs its number of residual blocks, not {len(blocks)} in all")
        if norm not in NORMS:
            raise ValueError(f"unknown norm {norm!r}; one of {', '.join(NORMS)}")
        if residual and inputs not in (1, outputs):
            raise ValueError(f"a residual network needs as many outputs as inputs, not {inputs} and {outputs}")
        if any(deep != 2 * shallow for shallow, deep in pairwise(widths)):
            raise ValueError(f"each width must be twice the one above, not {widths}")
        self.settings = dict(
            inputs=inputs, outputs=outputs, widths=tuple(widths), residual=residual, centre=centre, skips=skips,
            norm=norm, softmax=softmax, scale=scale, blocks=tuple(blocks),
        )  # fmt: skip
        self.strategies = tuple(strategies)
        self.strategy = self.strategies[0]
        self.residual, self.centre, self.softmax = residual, centre, softmax
        self.skips, self.scale = skips, scale
        self.depth = len(widths) - 1
        self.multiple = 2**self.depth

        for level, width in enumerate(widths[:-1], start=1):
            above = inputs if level == 1 else widths[level - 2]
            self.add_module(f"enc{level}", DoubleConv(above, width, norm))
            self.add_module(f"pool{level}", Pool())
        self.bottleneck = DoubleConv(widths[-2], widths[-1], norm)
        for level, (width, count) in enumerate(zip(widths, blocks), start=1):
            places = (f"enc{level}", f"dec{level}") if level <= self.depth else ("bottleneck",)
            for place in places:
                self.add_module(f"{place}_blocks", chain(width, count))
        for level in range(self.depth, 0, -1):
            width = widths[level - 1]
            ups = nn.ModuleDict({s: upsampler(s, 2 * width) for s in self.strategies})
            self.add_module(f"up{level}", ups)
            if skips:
                self.add_module(f"cat{level}", Cat())
            self.add_module(f"dec{level}", DoubleConv(2 * width if skips else width, width, norm, self.strategies))
        self.head = conv3(widths[0], outputs * scale**2)
        self.apply(initialise)
        if residual:
            # Starts as the identity: the first steps learn what to remove, not how to copy.
            nn.init.zeros_(self.head.weight)
        soften((module for module in self.modules() if isinstance(module, ResidualBlock)), max(blocks, default=1))

    def blocks_of(self, place: str, y: Tensor) -> Tensor:
        return self.get_submodule(f"{place}_blocks")(y) if self.settings["blocks"] else y

    def forward(self, x: Tensor) -> Tensor:
        y, kept = x - self.centre if self.centre else x, []
        wants_indices = self.strategy == "max-unpool"
        for level in range(1, self.depth + 1):
            features = self.blocks_of(f"enc{level}", self.get_submodule(f"enc{level}")(y))
            y, indices = self.get_submodule(f"pool{level}")(features, wants_indices)
            kept.append((features, indices))
        y = self.blocks_of("bottleneck", self.bottleneck(y))
        for level in range(self.depth, 0, -1):
            features, indices = kept.pop()
            y = self.get_submodule(f"up{level}")[self.strategy](y, indices)
            if self.skips:
                y = self.get_submodule(f"cat{level}")(y, features)
            y = self.blocks_of(f"dec{level}", self.get_submodule(f"dec{level}")(y, self.strategy))
        y = self.head(y)
        if self.softmax:
            return torch.softmax(y, dim=1)
        if self.scale > 1:
            y = nn.functional.pixel_shuffle(y, self.scale)
            if self.residual:
                x = nn.functional.interpolate(x, scale_factor=float(self.scale), mode="bicubic", align_corners=False)
        return x + y if self.residual else y

    def single(self, strategy: str) -> UNet:
        """A copy that holds only `strategy`."""
        if strategy not in self.strategies:
            raise ValueError(f"this network was not built with {strategy!r}, only {', '.join(self.strategies)}")
        one = UNet(**self.settings, strategies=(strategy,))
        one.load_state_dict({k: v for k, v in self.state_dict().items() if k in one.state_dict()})
        return one.train(self.training)

    def folded(self) -> UNet:
        """For inference: the same function without batch norm, where the norm comes before the ReLU.

        Of a network with one strategy: each has statistics of its own.
        """
        if self.settings["norm"] != "before-relu":
            return self
        whole = copy.deepcopy(self)
        for block in whole.modules():
            if isinstance(block, DoubleConv):
                for conv, norms in ((block.conv1, block.norm1), (block.conv2, block.norm2)):
                    (norm,) = norms.values()
                    fold(conv, norm)
        plain = UNet(**{**self.settings, "norm": "none"}, strategies=self.strategies)
        plain.load_state_dict({k: v for k, v in whole.state_dict().items() if k in plain.state_dict()})
        return plain.eval()


def initialise(module: nn.Module) -> None:
    """He et al. 2015: keeps the variance through ReLU layers."""
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        fan = module.in_channels * module.kernel_size[0] * module.kernel_size[1] / module.groups
        if isinstance(module, nn.ConvTranspose2d):
            fan /= module.stride[0] * module.stride[1]
        nn.init.normal_(module.weight, std=(2 / fan) ** 0.5)
        nn.init.zeros_(module.bias)


@torch.no_grad()
def fold(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    """Writes the scale and shift of a trained batch norm into the convolution before it."""
    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    conv.weight.mul_(factor.view(-1, 1, 1, 1))
    conv.bias.copy_((conv.bias - norm.running_mean) * factor + norm.bias)


def parameters(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


@torch.no_grad()
def flops_per_pixel(net: UNet) -> float:
    """Multiplications and additions, each counted, of all convolutions, per pixel of the output."""
    side, total = 8 * net.multiple, 0

    def count(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
        nonlocal total
        kernel = module.kernel_size[0] * module.kernel_size[1]
        if isinstance(module, nn.ConvTranspose2d):
            places, others = args[0][:, 0].numel() * module.in_channels, module.out_channels
        else:
            places, others = output[:, 0].numel() * module.out_channels, module.in_channels
        total += 2 * kernel * places * (others // module.groups)

    convolutions = [m for m in net.modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]
    hooks = [m.register_forward_hook(count) for m in convolutions]
    reference, training = next(net.parameters()), net.training
    net.eval()(torch.zeros(1, net.settings["inputs"], side, side, dtype=reference.dtype, device=reference.device))
    net.train(training)
    for hook in hooks:
        hook.remove()
    return total / (side * net.settings.get("scale", 1)) ** 2
