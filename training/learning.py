"""Six moments of one small network's training with its loss curve, and every strategy with random weights.

    python learning.py --data ../../shared/data

Writes models/learning/: step-<steps>.onnx, random-<strategy>.onnx, curve.json.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch
from config import read_config
from export import check, facts_of, halve, to_onnx, write
from model import UNet
from tasks import Task, task_of
from train import alike, descend, learning_rate

HERE = Path(__file__).parent


def keep(net: UNet, config: dict, path: Path, strategy: str, steps: int, minutes: float) -> None:
    model = halve(to_onnx(net))
    check(model, net)
    write(model, facts_of(config, net, strategy, {}, {"steps": steps, "minutes": round(minutes, 1)}), path, config)


def watch(net: UNet, task: Task, config: dict, folder: Path) -> list[dict[str, float]]:
    """Trains, and writes the weights of the moments that are kept; the loss curve."""
    training, curve, losses = config["training"], [], []
    optimizer, began = torch.optim.AdamW(net.parameters(), training["rate"]), time.monotonic()
    for step in range(training["steps"] + 1):
        if step in training["kept"]:
            minutes = (time.monotonic() - began) / 60
            keep(net, config, folder / f"step-{step}.onnx", net.strategy, step, minutes)
            net.train()
        x, wanted = task.batch(config["data"]["batch"])
        loss = task.loss(net(x), wanted)
        losses.append(float(loss.detach()))
        if step % training["every"] == 0:
            curve.append({"step": step, "loss": round(sum(losses) / len(losses), 5)})
            losses = []
        descend(optimizer, loss, learning_rate(training["rate"], step / training["steps"]))
    return curve


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=HERE.parent / "models")
    args = parser.parse_args()
    config = read_config(HERE / "learning.toml")
    folder = args.models / "learning"
    folder.mkdir(parents=True, exist_ok=True)
    task = task_of(config, args.data, torch.Generator().manual_seed(config["training"]["seed"]))
    task.load()
    nets = {net.strategy: net for net in alike(config, task, config["training"]["seed"])}
    for strategy, net in nets.items():
        keep(net, config, folder / f"random-{strategy}.onnx", strategy, 0, 0.0)
    curve = watch(nets[config["training"]["watched"]], task, config, folder)
    kept = config["training"]["kept"]
    (folder / "curve.json").write_text(json.dumps({"kept": kept, "curve": curve}) + "\n")


if __name__ == "__main__":
    main()
