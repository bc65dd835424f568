"""Networks by the name a configuration gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lecture import LectureUNet
from model import UNet
from transfer import TransferUNet

from .super_resolution import SuperResolver, super_resolver

Net = UNet | LectureUNet | TransferUNet | SuperResolver
KINDS: dict[str, Callable[..., Net]] = {
    net.kind: made
    for net, made in ((UNet, UNet), (LectureUNet, LectureUNet), (TransferUNet, TransferUNet), (SuperResolver, super_resolver))
}


def build(kind: str, settings: dict, strategies: Sequence[str]) -> Net:
    if kind not in KINDS:
        raise ValueError(f"unknown network {kind!r}; one of {', '.join(KINDS)}")
    listed = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    return KINDS[kind](**listed, strategies=tuple(strategies))
