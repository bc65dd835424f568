"""Small data, networks and runs to test with."""

from __future__ import annotations

import io
import tarfile
from argparse import Namespace
from pathlib import Path

import numpy as np
from config import read_config
from PIL import Image

HERE = Path(__file__).parents[1]
WIDTHS = (4, 8, 16)


def write_tar(path: Path, pictures: dict[str, np.ndarray]) -> None:
    """A shard of PNGs, whatever their names end in."""
    path.parent.mkdir(exist_ok=True)
    with tarfile.open(path, "w") as tar:
        for name, picture in pictures.items():
            file = io.BytesIO()
            Image.fromarray(picture).save(file, "PNG")
            info = tarfile.TarInfo(name)
            info.size = file.tell()
            file.seek(0)
            tar.addfile(info, file)


def flat(level: int) -> np.ndarray:
    return np.full((16, 16, 3), level, np.uint8)


def write_data(folder: Path) -> None:
    """Two noise pictures to train on, and one to evaluate."""
    random = np.random.default_rng(0)
    pictures = {f"{index}.png": random.integers(0, 256, (80, 72, 3), np.uint8) for index in range(2)}
    write_tar(folder / "restore" / "restore-000.tar", pictures)
    (folder / "eval" / "CBSD68").mkdir(parents=True)
    Image.fromarray(random.integers(0, 256, (33, 41, 3), np.uint8)).save(folder / "eval" / "CBSD68" / "a.png")


def small_run(folder: Path) -> tuple[dict, Namespace]:
    """Configuration and arguments of a small denoiser upon data of its own; what it trains first are both strategies."""
    write_data(folder)
    config = read_config(HERE / "denoise.toml")
    config["strategies"] = ["bilinear", "max-unpool"]
    config["network"]["widths"] = list(WIDTHS)
    config["data"] |= {"batch": 2, "patch": 32}
    config["training"] |= {"fine_tune": 0.2, "fine_tune_rate": 3e-4}
    args = Namespace(
        device="cpu", precision="float32", budget_minutes=0.02, budget_steps=None, checkpoints=folder / "none",
        models=folder / "none", data=folder, seed=5, out=folder / "run", fine_tune="max-unpool",
    )  # fmt: skip
    return config, args
