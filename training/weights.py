"""Where a run's first weights come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from model import UNet

CALIBRATION = 64  # pictures


def file_name(config: dict, strategy: str = "") -> str:
    """<task>[-<strategy>][-<variant>], if the configuration does not say otherwise."""
    if "file" in config:
        return config["file"]
    return "-".join(filter(None, [config["task"], strategy, config.get("variant", "")]))


def onnx_weights(path: Path) -> dict[str, Tensor]:
    """The initializers of an exported file, which carry the module's names."""
    import onnx

    model = onnx.load(str(path))
    return {i.name: torch.from_numpy(onnx.numpy_helper.to_array(i).copy()) for i in model.graph.initializer}


def facts(path: Path) -> dict[str, str]:
    """`metadata_props` of an exported file."""
    import onnx

    return {entry.key: entry.value for entry in onnx.load(str(path)).metadata_props}


def exported(config: dict, models: Path) -> list[Path]:
    return [path for s in config["strategies"] if (path := models / f"{file_name(config, s)}.onnx").exists()]


def initial_weights(config: dict, folder: Path, checkpoints: Path | None, models: Path) -> tuple[str | None, dict | None]:
    """The first of: the run's own checkpoint, that of the run it refines (a folder above), one made elsewhere, exported
    files, those of the task that the configuration says it comes `after`; what was found, and its content.

    A checkpoint (with the optimizer's state) is resumed; exported weights (`average`, after `step` steps in `spent` seconds)
    are a start.
    """
    own = [folder / "checkpoint.pt", folder.parent / "checkpoint.pt"]
    for path in [*own, *([checkpoints / f"{file_name(config)}.pt"] if checkpoints else [])]:
        if path.exists():
            return str(path), torch.load(path, weights_only=True)
    found = exported(config, models)
    if not found and "after" in config:
        found = exported({"task": config["after"], "strategies": config["strategies"]}, models)
    if not found:
        return None, None
    merged: dict[str, Tensor] = {}
    for path in reversed(found):
        merged |= onnx_weights(path)
    told = [facts(path) for path in found]
    steps = max(int(of.get("steps", 0)) for of in told)
    seconds = 60 * max(float(of.get("minutes", 0)) for of in told)
    return ", ".join(p.name for p in found), {"average": merged, "step": steps, "spent": seconds}


def total(state: dict) -> tuple[int, float]:
    """Steps and seconds that went into a checkpoint's weights, over all runs."""
    steps, seconds = state.get("before", (0, 0.0))
    return steps + state.get("step", 0), seconds + state.get("spent", 0.0)


def load_matching(net: nn.Module, state: dict[str, Tensor]) -> list[str]:
    """Loads every tensor whose name and shape agree; returns the names that kept their random start."""
    own = net.state_dict()
    fitting = {k: v.to(own[k].dtype) for k, v in state.items() if k in own and v.shape == own[k].shape}
    net.load_state_dict(fitting, strict=False)
    return [k for k in own if k not in fitting]


def start_from(net: UNet, state: dict[str, Tensor], batch: Callable[[int], tuple[Tensor, Tensor]]) -> None:
    """Loads what fits. Exported files have their batch norms folded into the convolutions: there the norms begin as what
    changes nothing. Strategies that a checkpoint does not have begin with the norms of one that it has."""
    missing = load_matching(net, lent_norms(net, state))
    if any("norm" in name for name in missing) and any("conv" in name for name in state):
        neutral_norms(net, batch(CALIBRATION)[0])


def lent_norms(net: UNet, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """`dec1.norm1.nearest.weight` is `dec1.norm1.bilinear.weight` where only bilinear was trained."""
    lent, trained = dict(state), {}
    for name, tensor in state.items():
        block, norm, _, value = (name.split(".") + [""] * 3)[:4]
        if norm.startswith("norm"):
            trained.setdefault((block, norm, value), tensor)
    for name in net.state_dict():
        block, norm, _, value = (name.split(".") + [""] * 3)[:4]
        if (block, norm, value) in trained:
            lent.setdefault(name, trained[block, norm, value])
    return lent


@torch.no_grad()
def neutral_norms(net: UNet, x: Tensor) -> None:
    """Gives each batch norm the statistics of `x`, and the scale and shift that undo it."""

    def adopt(norm: nn.BatchNorm2d, args: tuple[Tensor, ...]) -> None:
        variance, mean = torch.var_mean(args[0], dim=(0, 2, 3), correction=0)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_(torch.sqrt(variance + norm.eps))
        norm.bias.copy_(mean)

    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    hooks = [norm.register_forward_pre_hook(adopt) for norm in norms]
    training, chosen = net.training, net.strategy
    net.eval()
    for net.strategy in net.strategies:
        net(x)
    net.train(training)
    net.strategy = chosen
    for hook in hooks:
        hook.remove()
