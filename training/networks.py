"""Networks by the name a configuration gives them."""

from __future__ import annotations

from collections.abc import Sequence

from lecture import LectureUNet
from model import UNet
from transfer import TransferUNet

Net = UNet | LectureUNet | TransferUNet
KINDS: dict[str, type[Net]] = {"unet": UNet, "lecture": LectureUNet, "transfer": TransferUNet}


def build(kind: str, settings: dict, strategies: Sequence[str]) -> Net:
    if kind not in KINDS:
        raise ValueError(f"unknown network {kind!r}; one of {', '.join(KINDS)}")
    return KINDS[kind](**{**settings, "widths": tuple(settings["widths"])}, strategies=tuple(strategies))


def kind_of(net: Net) -> str:
    return next(name for name, kind in KINDS.items() if isinstance(net, kind))
