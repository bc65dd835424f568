"""Where a run's first weights come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import torch
from model import UNet
from networks import Net
from torch import Tensor, nn
from transfer import TransferUNet

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

    return {entry.key: entry.value for entry in onnx.load(str(path), load_external_data=False).metadata_props}


def opened(path: Path) -> dict | None:
    """A checkpoint, wherever it was made; None where there is none."""
    return torch.load(path, map_location="cpu", weights_only=True) if path.exists() else None


def latest(folder: Path, alone: bool) -> tuple[Path, dict] | None:
    """A run's own checkpoint. Of a strategy alone: that of the shared run, a folder above, until there is an own one, and when
    the shared run has gone on since."""
    path, shared_path = folder / "checkpoint.pt", folder.parent / "checkpoint.pt"
    own, shared = opened(path), opened(shared_path) if alone else None
    if shared and (own is None or own["before"] != total(shared)):
        return shared_path, shared
    return (path, own) if own else None


def exported(config: dict, models: Path, strategies: Sequence[str]) -> dict[str, Path]:
    """Files by strategy: of those asked for, or else of any. None of separate networks, which are compared at equal budgets."""
    if config.get("separate"):
        return {}
    paths = {s: models / f"{file_name(config, s)}.onnx" for s in config["strategies"]}
    there = {s: path for s, path in paths.items() if path.exists()}
    return {s: path for s, path in there.items() if s in strategies} or there


def initial_weights(
    config: dict, strategies: Sequence[str], folder: Path, checkpoints: Path, models: Path
) -> tuple[str | None, dict | None]:
    """The first of: the run's own checkpoint, that of the run it refines (a folder above), one made elsewhere
    (`<configuration>.pt`), exported files, those of the task that the configuration says it comes `after`; what was found, and
    its content.

    A checkpoint (with the optimizer's state) is resumed; exported weights (`average`, and by strategy in `exports`, after
    `step` steps in `spent` seconds) are a start.
    """
    if found := latest(folder, len(strategies) < len(config["strategies"])):
        return str(found[0]), found[1]
    if state := opened(path := checkpoints / f"{config['name']}.pt"):
        return str(path), state
    files = exported(config, models, strategies)
    if not files and "after" in config:
        files = exported({"task": config["after"], "strategies": config["strategies"]}, models, strategies)
    if not files:
        return None, None
    exports = {strategy: onnx_weights(path) for strategy, path in files.items()}
    told = [facts(path) for path in files.values()]
    for weights, of in zip(exports.values(), told):
        for name in ("head.weight", "head.bias"):
            if name in weights:
                weights[name] = weights[name] / float(of.get("vividness", 1))
    steps = max(int(of.get("steps", 0)) for of in told)
    seconds = 60 * max(float(of.get("minutes", 0)) for of in told)
    names = ", ".join(path.name for path in files.values())
    return names, {"average": mean_of(list(exports.values())), "exports": exports, "step": steps, "spent": seconds}


def mean_of(exports: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Each tensor's mean over the files that have it: strategies that were refined alone differ in what they shared before."""
    merged = {}
    for name in dict.fromkeys(name for weights in exports for name in weights):
        found = [weights[name].float() for weights in exports if name in weights]
        alike = [tensor for tensor in found if tensor.shape == found[0].shape]  # the exporter's own constants are not
        merged[name] = torch.stack(alike).mean(0)
    return merged


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


def start_from(net: Net, state: dict, batch: Callable[[int], tuple[Tensor, Tensor]]) -> None:
    """Loads what fits of `state["average"]`. Exported files have their batch norms folded into the convolutions: there the
    norms begin as what gives back each strategy's. Strategies that a checkpoint does not have begin with the norms of one that
    it has. (The lecture's network, whose norms follow ReLUs, is exported with them.)"""
    weights = state["average"]
    missing = load_matching(net, lent_norms(net, weights))
    if (
        isinstance(net, (UNet, TransferUNet))
        and any("norm" in name for name in missing)
        and any("conv" in name for name in weights)
    ):
        unfold_norms(net, state.get("exports", {}), batch(CALIBRATION)[0])


def lent_norms(net: Net, state: dict[str, Tensor]) -> dict[str, Tensor]:
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
def unfold_norms(net: UNet, exports: dict[str, dict[str, Tensor]], x: Tensor) -> None:
    """Gives each batch norm the statistics of `x`, and the scale and shift that make of the convolution before it what was
    exported with the norm's strategy: of shared weights, folded, each channel is a multiple of every other strategy's. Of
    weights that were refined alone it is the nearest multiple."""

    def adopt(norm: nn.BatchNorm2d, args: tuple[Tensor, ...], conv: nn.Conv2d, own: Tensor, own_bias: Tensor) -> None:
        variance, mean = torch.var_mean(args[0], dim=(0, 2, 3), correction=0)
        mine, theirs = conv.weight.flatten(1), own.flatten(1)
        factor = (theirs * mine).sum(1) / mine.square().sum(1).clamp(min=1e-12)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_(factor * torch.sqrt(variance + norm.eps))
        norm.bias.copy_(factor * (mean - conv.bias) + own_bias)

    hooks = []
    for name, norm in net.named_modules():
        if isinstance(norm, nn.BatchNorm2d):
            block, place, kind = name.split(".")  # dec1.norm2.bilinear follows dec1.conv2
            before = f"{block}.conv{place.removeprefix('norm')}"
            conv = net.get_submodule(before)
            folded = exports.get(kind, {})
            own = [folded.get(f"{before}.{part}", mine) for part, mine in (("weight", conv.weight), ("bias", conv.bias))]
            if own[0].shape != conv.weight.shape:  # of a network with other widths
                own = [conv.weight, conv.bias]
            hooks.append(norm.register_forward_pre_hook(partial(adopt, conv=conv, own=own[0].float(), own_bias=own[1].float())))
    training, chosen = net.training, net.strategy
    net.eval()
    for net.strategy in net.strategies:
        net(x)
    net.train(training)
    net.strategy = chosen
    for hook in hooks:
        hook.remove()
