"""A noisy gray picture to a clean one in color, by one network with two branches."""

from __future__ import annotations

from typing import NamedTuple

import degrade
import torch
from model import UNet
from torch import Tensor
from torch.nn import functional
from transfer import CHROMA, Seen, TransferUNet

import lab


class Noisy(NamedTuple):
    """Luma, 0-1: parts of pictures to be cleaned, and whole frames to be colored, N x 1 x H x W each."""

    parts: Tensor
    frames: Tensor


class DenoiseColorizer(TransferUNet):
    """N x 1 x H x W, luma, 0-1, to N x 3 x H x W, RGB; sides multiples of 32.

    A U-Net at full resolution cleans the luma; a pretrained encoder and a decoder (`TransferUNet`) color the result. The luma of the
    output is what the U-Net says, whatever the colors are. In training it takes `Noisy`, and returns the clean luma of the parts and the logits
    of the frames.

    luma: widths of the U-Net, which upsamples as the decoder does.
    """

    kind = "denoise-colorize"

    def __init__(
        self,
        inputs: int = 1,
        outputs: int = 3,
        luma: tuple[int, ...] = (16, 32, 64),
        widths: tuple[int, ...] = (128, 96, 64),
        strategies: tuple[str, ...] = ("bilinear",),
        temperature: float = 0.75,
        norm: str = "before-relu",
    ):
        super().__init__(inputs, 2, widths, strategies, colors=True, temperature=temperature, norm=norm)
        self.settings = dict(
            inputs=inputs, outputs=outputs, luma=tuple(luma), widths=tuple(widths), temperature=temperature, norm=norm
        )
        self.luma = UNet(inputs, inputs, luma, strategies, residual=True, centre=0.5)

    def cleaned(self, x: Tensor) -> Tensor:
        self.luma.strategy = self.strategy
        return self.luma(x).float()

    def seen(self, luma: Tensor) -> Seen:
        """What is colored."""
        return Seen(lab.lightness(luma.clamp(0, 1)) / 100, None)

    def forward(self, x: Tensor | Noisy) -> Tensor | tuple[Tensor, Tensor]:
        if self.training:
            with torch.no_grad():  # colors teach the U-Net nothing
                seen = self.seen(self.cleaned(x.frames))
            return self.cleaned(x.parts), self.logits(seen)
        luma = self.cleaned(x.frames if isinstance(x, Noisy) else x)
        seen = self.seen(luma)
        chroma = self.chroma(self.logits(seen)) * CHROMA
        chroma = functional.interpolate(chroma, scale_factor=float(self.stride), mode="bilinear", align_corners=False)
        rgb = lab.to_rgb(torch.cat([100 * seen.frames, chroma], dim=1))
        return rgb + (luma - degrade.luma(rgb))
