"""An adversarial term (Goodfellow et al. 2014): a critic learns to tell pictures from photos, a network to be taken for one."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

RATE = 4e-4


class Patches(nn.Sequential):
    """N x 3 x H x W to a score for each overlapping patch of 22 x 22 pixels (Isola et al. 2017, Miyato et al. 2018)."""

    def __init__(self, widths: tuple[int, ...] = (24, 48, 96)):
        layers: list[nn.Module] = []
        for before, after in zip((3, *widths), widths):
            layers += [spectral_norm(nn.Conv2d(before, after, 4, 2, 1)), nn.LeakyReLU(0.2)]
        super().__init__(*layers, nn.Conv2d(widths[-1], 1, 1))


class Critic:
    """Learns a step whenever it is asked. What it has learnt is no part of a checkpoint: a resumed run begins with a new one."""

    def __init__(self) -> None:
        self.patches = Patches()
        self.optimizer = torch.optim.AdamW(self.patches.parameters(), RATE, betas=(0.5, 0.99))

    def loss(self, made: Tensor, photos: Tensor) -> Tensor:
        """How surely `made` is told from photos: log 2 where it is not."""
        self.patches.to(made.device)
        self.optimizer.zero_grad(set_to_none=True)
        apart = functional.softplus(self.patches(made.detach())).mean()
        (apart + functional.softplus(-self.patches(photos)).mean()).backward()
        self.optimizer.step()
        return functional.softplus(-self.patches(made)).mean()
