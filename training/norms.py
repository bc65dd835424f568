"""Statistics of batch norms. Those gathered while training are of weights on their way, and of few pictures: averaged weights
need their own (Izmailov et al. 2018; `torch.optim.swa_utils.update_bn`, but for each strategy)."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

MOMENTUM = 0.1


def norms_of(net: nn.Module) -> list[nn.BatchNorm2d]:
    return [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]


@torch.no_grad()
def settle(net: nn.Module, batches: Iterable[Tensor]) -> None:
    """Mean and variance of what each norm sees of these batches, every strategy of all of them."""
    norms = norms_of(net)
    if not norms:
        return
    training, chosen = net.training, net.strategy
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # all batches count alike
    net.train()
    for x in batches:
        for net.strategy in net.strategies:
            net(x)
    for norm in norms:
        norm.momentum = MOMENTUM
    net.train(training)
    net.strategy = chosen


def freeze(net: nn.Module) -> None:
    """From now on the norms do in training what they will do afterwards."""
    for norm in norms_of(net):
        norm.eval()
