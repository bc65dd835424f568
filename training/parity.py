"""How far the engine is from onnxruntime on every file of models/, on the CPU and on WebGPU: writes docs/parity.md.

python parity.py [--only super-resolve-x4-dense denoise-nafnet]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
from cases.build import run_onnxruntime
from PIL import Image
from public_networks import TOLERANCE, engine, is_wrong
from safetensors.numpy import save_file

HERE = Path(__file__).parent
PHOTO = HERE.parent / "www" / "public" / "samples" / "chelsea.jpg"
SIZE = (64, 128)  # multiples of what every network takes
BACKENDS = ("cpu", "webgpu")
TIES = 1e-2  # where equal values in a pooling window are told apart by rounding


def photo(channels: int) -> np.ndarray:
    """1 x channels x H x W, 0-1."""
    height, width = SIZE
    picture = Image.open(PHOTO).convert("RGB" if channels == 3 else "L").crop((130, 40, 130 + 2 * width, 40 + 2 * height))
    values = np.asarray(picture.resize((width, height), Image.BICUBIC), np.float32) / 255
    return np.ascontiguousarray(values.reshape(height, width, channels).transpose(2, 0, 1)[None])


def write(file: Path, folder: Path) -> None:
    """A case of the file, with its external data inside of it; of optional inputs the defaults."""
    model = onnx.load(str(file))
    graph = model.graph
    defaults = {tensor.name for tensor in graph.initializer}
    (port,) = [port for port in graph.input if port.name not in defaults]
    x = photo(port.type.tensor_type.shape.dim[1].dim_value)
    content, name = model.SerializeToString(), graph.output[0].name
    answer = run_onnxruntime(content, {port.name: x})[0]
    tensors = {"model": np.frombuffer(content, np.uint8), f"in/{port.name}": x, f"out/{name}": answer}
    save_file({f"file/{key}": value for key, value in tensors.items()}, folder / f"{file.stem}.safetensors")


def is_off(name: str, told: str) -> bool:
    return is_wrong(told, TIES if "max-unpool" in name else TOLERANCE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="files, without their ending")
    parser.add_argument("--models", type=Path, default=HERE.parent / "models")
    parser.add_argument("--table", type=Path, default=HERE.parent / "docs" / "parity.md")
    args = parser.parse_args()
    names = [entry["file"].removesuffix(".onnx") for entry in json.loads((args.models / "manifest.json").read_text())]
    names = [name for name in names if not args.only or name in args.only]
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            write(args.models / f"{name}.onnx", Path(folder))
        answers = {backend: engine(Path(folder), backend) for backend in BACKENDS}
    lines = [
        "# Parity of the networks of this project",
        "",
        "The largest difference between this engine and onnxruntime as a share of the largest value, on part of a photo of",
        f"{SIZE[1]} × {SIZE[0]} pixels. `make parity` writes this page. Where a network takes positions of maxima, in flat parts rounding",
        "decides which of equal values is the maximum, and all that follows differs there.",
        "",
        "| file | CPU | WebGPU |",
        "| --- | --- | --- |",
        *(f"| `{name}` | {' | '.join(answers[backend].get(name, 'not run') for backend in BACKENDS)} |" for name in names),
    ]
    args.table.write_text("\n".join(lines) + "\n")
    wrong = [name for name in names if any(is_off(name, answers[backend].get(name, "")) for backend in BACKENDS)]
    raise SystemExit(f"to look at: {', '.join(wrong)}" if wrong else 0)


if __name__ == "__main__":
    main()
