"""PSNR of a denoiser: PyTorch module or ONNX file, on whole pictures, with seeded noise.

    python evaluate.py ../models/denoise-bilinear.onnx --data ../../shared/data --set CBSD68 --sigma 25
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from data import load_folder
from degrade import add_gaussian

SEED = 0
Denoiser = Callable[[Tensor], Tensor]


def psnr(a: Tensor, b: Tensor) -> float:
    """Peak 1, over all pixels and channels."""
    return float(-10 * torch.log10((a - b).double().square().mean()))


def padded(run: Denoiser, multiple: int) -> Denoiser:
    """Pads height and width to multiples by reflection, and crops the result."""

    def call(x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        pad = (0, -width % multiple, 0, -height % multiple)
        return run(nn.functional.pad(x, pad, mode="reflect"))[:, :, :height, :width]

    return call


def noisy_picture(clean: Tensor, sigma: float, index: int, clipped: bool) -> Tensor:
    """Noise of its own seed per picture, so that a subset of a set is degraded as the whole set is."""
    generator = torch.Generator().manual_seed(SEED + index)
    noisy = add_gaussian(clean, torch.tensor([sigma / 255]), generator)
    return (noisy.clamp(0, 1) * 255).round() / 255 if clipped else noisy


@torch.inference_mode()
def score(run: Denoiser, pictures: list[tuple[str, Tensor]], sigma: float, clipped: bool = False) -> list[float]:
    """PSNR of each picture; clipped: the noisy picture is an 8-bit file, not unbounded floats as in papers."""
    scores = []
    for index, (_, picture) in enumerate(pictures):
        clean = picture[None].float() / 255
        scores.append(psnr(run(noisy_picture(clean, sigma, index, clipped)).clamp(0, 1), clean))
    return scores


def onnx_denoiser(path: Path, threads: int = 2) -> Denoiser:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda x: torch.from_numpy(session.run(None, {name: np.ascontiguousarray(x.numpy())})[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds eval/<set>")
    parser.add_argument("--set", default="CBSD68")
    parser.add_argument("--sigma", type=float, nargs="+", default=[15, 25, 50])
    parser.add_argument("--multiple", type=int, default=8)
    args = parser.parse_args()
    run = padded(onnx_denoiser(args.model), args.multiple)
    pictures = load_folder(args.data / "eval" / args.set)
    for sigma in args.sigma:
        for clipped in (False, True):
            mean = float(np.mean(score(run, pictures, sigma, clipped)))
            print(f"{args.set} sigma {sigma:g} {'8-bit clipped' if clipped else 'unclipped'}: {mean:.2f} dB")


if __name__ == "__main__":
    main()
