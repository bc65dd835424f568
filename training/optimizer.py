"""Muon (Jordan et al. 2024) for the convolutions inside of a network, AdamW for what is next to pixels and for vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

LEAST_CHANNELS = 8  # of a convolution that counts as a matrix


def matrix(weight: Tensor) -> Tensor:
    """The same numbers as dimension 0 x all others; of memory in channels-last order a view."""
    return weight.permute(0, 2, 3, 1).flatten(1)


class Muon(torch.optim.Optimizer):
    """`torch.optim.Muon` with Nesterov momentum 0.95 and `adjust_lr_fn="match_rms_adamw"`, orthogonalised in the weights' own
    precision: bfloat16, as there, takes ten times as long on a CPU that emulates it."""

    MOMENTUM = 0.95
    # Of the quintic iteration that takes all singular values to about 1.
    A, B, C, STEPS = 3.4445, -4.775, 2.0315, 5

    def __init__(self, params: list[nn.Parameter], lr: float, weight_decay: float):
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay))

    def orthogonal(self, update: Tensor) -> Tensor:
        x = update.T if update.shape[0] > update.shape[1] else update
        x = x / x.norm().clamp(min=1e-7)
        for _ in range(self.STEPS):
            gram = x @ x.T
            x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=self.B, alpha=self.C), x, beta=self.A)
        return x.T if update.shape[0] > update.shape[1] else x

    @torch.no_grad()
    def step(self, closure: None = None) -> None:
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                momentum = state.setdefault("momentum_buffer", torch.zeros_like(weight))
                momentum.lerp_(weight.grad, 1 - self.MOMENTUM)
                update = self.orthogonal(weight.grad.lerp(momentum, self.MOMENTUM))
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(update, alpha=-0.2 * group["lr"] * max(weight.shape) ** 0.5)


class MuonAdamW:
    """As a `torch.optim.Optimizer`; both parts take steps of the same size at one learning rate, AdamW's.

    Muon takes matrices only, so it is given views of the weights, which have to be in channels-last order. `refined` are
    weights that are trained already: AdamW takes steps of a `share` of that size for them.
    """

    def __init__(
        self, net: nn.Module, rate: float, weight_decay: float, refined: Sequence[nn.Parameter] = (), share: float = 1.0
    ):
        inner, rest = [], []
        apart = set(refined)
        for weight in filter(lambda weight: weight.requires_grad and weight not in apart, net.parameters()):
            is_inner = weight.ndim == 4 and min(weight.shape[:2]) >= LEAST_CHANNELS
            (inner if is_inner else rest).append(weight)
        self.views = [(weight, nn.Parameter(matrix(weight.detach()))) for weight in inner]
        if any(weight.data_ptr() != view.data_ptr() for weight, view in self.views):
            raise ValueError("the network is not in channels-last order")
        self.parts: list[torch.optim.Optimizer] = [torch.optim.AdamW(rest, rate, weight_decay=weight_decay, fused=True)]
        if inner:
            views = [view for _, view in self.views]
            self.parts.append(Muon(views, rate, weight_decay))
        if refined:
            self.parts.append(torch.optim.AdamW([dict(params=list(refined), share=share)], rate, weight_decay=0.0, fused=True))

    def set_rate(self, rate: float) -> None:
        for group in self.param_groups:
            group["lr"] = rate * group.get("share", 1)

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
