"""Several processes, a thread each, that train one network: every one has its part of the batch."""

from __future__ import annotations

import socket
from collections.abc import Callable

import torch
import torch.distributed as dist
from torch import nn


class Team:
    """Alone with size 1, without any communication."""

    def __init__(self, rank: int = 0, size: int = 1):
        self.rank, self.size, self.leads = rank, size, rank == 0

    @torch.no_grad()
    def agree(self, net: nn.Module, loss: torch.Tensor, seconds: float) -> tuple[torch.Tensor, float]:
        """Averages gradients and loss over the team; everyone gets the leader's seconds."""
        if self.size == 1:
            return loss, seconds
        # Upsamplers that were not drawn have no gradient; the draw is the same for all.
        gradients = [p.grad for p in net.parameters() if p.grad is not None]
        own = torch.tensor([loss.item() / self.size, seconds if self.leads else 0.0])
        flat = torch.cat([*(g.reshape(-1) / self.size for g in gradients), own])
        dist.all_reduce(flat)
        offset = 0
        for gradient in gradients:
            gradient.copy_(flat[offset : offset + gradient.numel()].view_as(gradient))
            offset += gradient.numel()
        return flat[-2], float(flat[-1])


def member(rank: int, size: int, port: int, work: Callable[..., None], *args: object) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=size)
    work(*args, Team(rank, size))
    dist.destroy_process_group()


def together(size: int, work: Callable[..., None], *args: object) -> None:
    """Calls work(*args, team) in `size` processes."""
    if size == 1:
        return work(*args, Team())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    torch.multiprocessing.spawn(member, (size, port, work, *args), nprocs=size)
