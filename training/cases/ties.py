"""Max-pooling with the engine's rule for ties, as a reference where rounding would decide.

In flat regions PyTorch and onnxruntime pick whichever of equal values their convolutions rounded up. The engine's rule:
a value v ties with the maximum m of its window if m - v <= 1e-5 * a, where a is the greatest magnitude of all channels in
the window, and the first tie wins.
"""

from __future__ import annotations

import copy

import torch
from model import UNet
from torch import Tensor, nn
from torch.nn import functional as F

EPSILON = 1e-5
# A gap this near the rule's limit could fall on either side of it in float32.
DOUBTFUL = (EPSILON / 10, EPSILON * 10)


class TiePool(nn.Module):
    def forward(self, x: Tensor, wants_indices: bool) -> tuple[Tensor, Tensor]:
        n, c, h, w = x.shape
        windows = F.unfold(x.reshape(n * c, 1, h, w), 2, stride=2).view(n, c, 4, h // 2, w // 2)
        largest = windows.amax(2, keepdim=True)
        gap = (largest - windows) / windows.abs().amax((1, 2), keepdim=True).clamp(min=1e-30)
        if bool(((gap > DOUBTFUL[0]) & (gap < DOUBTFUL[1])).any()):
            raise ValueError("a window's values neither tie nor differ clearly")
        first = (gap <= EPSILON).to(torch.uint8).argmax(2)
        rows, columns = torch.meshgrid(torch.arange(h // 2), torch.arange(w // 2), indexing="ij")
        return largest.squeeze(2), (2 * rows + first // 2) * w + 2 * columns + first % 2


def clear_of_ties(net: UNet, x: Tensor) -> Tensor:
    """The network's output in float64 with the rule; an error where float32 could decide otherwise."""
    net = copy.deepcopy(net).double()
    for level in range(1, net.depth + 1):
        net.set_submodule(f"pool{level}", TiePool())
    with torch.inference_mode():
        return net(x.double()).float()
