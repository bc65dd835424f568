"""Writes U-Nets with random weights, for timing: two sizes, each with the five strategies, 3 to 3 channels, float32.

python bench_nets.py FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from export import to_onnx
from model import STRATEGIES, UNet

WIDTHS = ((16, 32, 64, 128), (32, 64, 128, 256))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for widths in WIDTHS:
        for strategy in STRATEGIES:
            torch.manual_seed(0)
            net = UNet(widths=widths, strategies=(strategy,))
            for name, parameter in net.named_parameters():
                if name.endswith("bias"):
                    # Equal tensors would be stored once, unlike those of a trained network.
                    torch.nn.init.normal_(parameter, std=0.01)
            path = folder / f"unet-{'-'.join(map(str, widths))}-{strategy}.onnx"
            path.write_bytes(to_onnx(net).SerializeToString())
            print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
