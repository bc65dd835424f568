"""What chance does to a comparison of upsampling strategies: one small denoiser trained five ways with three seeds.

    python seeds.py --data ../../shared/data

All five begin with the same weights but for the upsampling, and see the same batches. Writes models/seeds.json: PSNR in dB of
each strategy with each seed, and `spread`, the standard deviation between seeds of one strategy: what differs by less is a
tie. Stopped and started again, it goes on with the seeds that are missing.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path

import torch
from config import read_config
from model import UNet
from scoring import padded
from tasks import Task, task_of
from train import alike, descend, fast_precision, learning_rate

HERE = Path(__file__).parent


def train(nets: list[UNet], task: Task, config: dict) -> None:
    training, half = config["training"], fast_precision("cpu") == "bfloat16"
    optimizers = [torch.optim.AdamW(net.parameters(), training["rate"]) for net in nets]
    for step in range(training["steps"]):
        x, wanted = task.batch(config["data"]["batch"])
        rate = learning_rate(training["rate"], step / training["steps"])
        for net, optimizer in zip(nets, optimizers):
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                made = net(x)
            descend(optimizer, task.loss(made.float(), wanted), rate)


@torch.inference_mode()
def score(net: UNet, task: Task, config: dict) -> float:
    return round(task.check(padded(net.eval(), net.multiple), config["evaluation"]["stride"]), 3)


def spread(psnr: dict[str, dict[str, float]]) -> float:
    """Standard deviation between seeds, pooled over the strategies; 0 of a single seed."""
    variances = [statistics.variance(of.values()) for of in psnr.values() if len(of) > 1]
    return round(statistics.fmean(variances) ** 0.5, 3) if variances else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=HERE.parent / "models")
    args = parser.parse_args()
    config = read_config(HERE / "seeds.toml")
    file, strategies = args.models / "seeds.json", config["strategies"]
    psnr = json.loads(file.read_text())["psnr"] if file.exists() else {strategy: {} for strategy in strategies}
    task = task_of(config, args.data)
    task.load()
    for seed in config["training"]["seeds"]:
        if all(str(seed) in psnr[strategy] for strategy in strategies):
            continue
        task.generator.manual_seed(seed)
        nets = alike(config, task, seed)
        train(nets, task, config)
        for strategy, net in zip(strategies, nets):
            psnr[strategy][str(seed)] = score(net, task, config)
            print(f"seed {seed}, {strategy}: {psnr[strategy][str(seed)]:.3f} dB", flush=True)
        told = dict(steps=config["training"]["steps"], psnr=psnr, spread=spread(psnr))
        file.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
