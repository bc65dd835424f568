"""Where a run's first weights come from."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn


def onnx_weights(path: Path) -> dict[str, Tensor]:
    """The initializers of an exported file, which carry the module's names."""
    import onnx

    model = onnx.load(str(path))
    return {i.name: torch.from_numpy(onnx.numpy_helper.to_array(i).copy()) for i in model.graph.initializer}


def initial_weights(config: dict, folder: Path, checkpoints: Path | None, models: Path) -> tuple[str | None, dict | None]:
    """The first of: the run's own checkpoint, one made elsewhere, exported files; what was found, and its content.

    A checkpoint (with the optimizer's state) is resumed; exported weights are a start.
    """
    task = config["task"]
    for path in [folder / "checkpoint.pt", *([checkpoints / f"{task}.pt"] if checkpoints else [])]:
        if path.exists():
            return str(path), torch.load(path, weights_only=True)
    found = [p for s in config["strategies"] if (p := models / f"{task}-{s}.onnx").exists()]
    if not found:
        return None, None
    merged: dict[str, Tensor] = {}
    for path in reversed(found):
        merged |= onnx_weights(path)
    return ", ".join(p.name for p in found), merged


def load_matching(net: nn.Module, state: dict[str, Tensor]) -> list[str]:
    """Loads every tensor whose name and shape agree; returns the names that kept their random start."""
    own = net.state_dict()
    fitting = {k: v.to(own[k].dtype) for k, v in state.items() if k in own and v.shape == own[k].shape}
    net.load_state_dict(fitting, strict=False)
    return [k for k in own if k not in fitting]
