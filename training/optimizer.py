"""Muon (Jordan et al. 2024) for the convolutions inside of a network, AdamW for what is next to pixels and for vectors."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

LEAST_CHANNELS = 8  # of a convolution that counts as a matrix


def matrix(weight: Tensor) -> Tensor:
    """The same numbers as dimension 0 x all others; of memory in channels-last order a view."""
    return weight.permute(0, 2, 3, 1).flatten(1)


class MuonAdamW:
    """As a `torch.optim.Optimizer`; both parts take steps of the same size at one learning rate, AdamW's.

    `torch.optim.Muon` takes matrices only, so it is given views of the weights, which have to be in channels-last order.
    """

    def __init__(self, net: nn.Module, rate: float, weight_decay: float):
        inner, rest = [], []
        for weight in net.parameters():
            is_inner = weight.ndim == 4 and min(weight.shape[:2]) >= LEAST_CHANNELS
            (inner if is_inner else rest).append(weight)
        self.views = [(weight, nn.Parameter(matrix(weight.detach()))) for weight in inner]
        if any(weight.data_ptr() != view.data_ptr() for weight, view in self.views):
            raise ValueError("the network is not in channels-last order")
        self.parts: list[torch.optim.Optimizer] = [torch.optim.AdamW(rest, rate, weight_decay=weight_decay, fused=True)]
        if inner:
            views = [view for _, view in self.views]
            self.parts.append(torch.optim.Muon(views, rate, weight_decay, adjust_lr_fn="match_rms_adamw"))

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        return [group for part in self.parts for group in part.param_groups]

    def step(self) -> None:
        for weight, view in self.views:
            view.grad = None if weight.grad is None else matrix(weight.grad)
        for part in self.parts:
            part.step()

    def zero_grad(self, set_to_none: bool = True) -> None:
        for weight, _ in self.views:
            weight.grad = None
        for part in self.parts:
            part.zero_grad(set_to_none)

    def state_dict(self) -> list[dict[str, Any]]:
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, state: list[dict[str, Any]]) -> None:
        for part, of_part in zip(self.parts, state, strict=True):
            part.load_state_dict(of_part)
