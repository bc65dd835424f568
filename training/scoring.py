"""Scores of pictures, and networks as functions of pictures of any size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

# N x inputs x H x W to N x outputs x H x W, or a whole number of times that, any size.
Network = Callable[[Tensor], Tensor]


def psnr(a: Tensor, b: Tensor) -> float:
    """Peak 1, over all pixels and channels."""
    return float(-10 * torch.log10((a - b).double().square().mean()))


def luma_psnr(a: Tensor, b: Tensor, border: int) -> float:
    """Of the luma of BT.601 in its 16-235 range, `border` pixels cut on each side, as super-resolution papers do."""
    weights = a.new_tensor([65.481, 128.553, 24.966]).view(1, 3, 1, 1) / 255
    inner = slice(border, -border or None)
    return psnr(*((x * weights).sum(1)[:, inner, inner] for x in (a, b)))


def padded(run: Network, multiple: int) -> Network:
    """Pads height and width to multiples by reflection, and crops the result, whatever number of times as large it is."""

    def call(x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        pad = (0, -width % multiple, 0, -height % multiple)
        made = run(nn.functional.pad(x, pad, mode="reflect"))
        scale = made.shape[2] // (height + pad[3])
        return made[:, :, : height * scale, : width * scale]

    return call


def first(made: Tensor | tuple[Tensor, ...]) -> Tensor:
    """The picture, of a network that gives several outputs."""
    return made[0] if isinstance(made, tuple) else made


def onnx_network(file: Path | bytes, threads: int = 2) -> Network:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        file if isinstance(file, bytes) else str(file), options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    return lambda x: torch.from_numpy(session.run(None, {name: np.ascontiguousarray(x.numpy())})[0])


def eight_bits(x: Tensor) -> Tensor:
    """As a file on disk would be."""
    return (x.clamp(0, 1) * 255).round() / 255
