"""Networks by the name a configuration gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from encoder import Encoder
from lecture import LectureUNet
from model import UNet
from restoration import DenoiseColorizer
from transfer import TransferUNet

from .denoising import Denoiser, Told, denoiser
from .super_resolution import SuperResolver, super_resolver
from .survey import SurveyNetwork
from .transformers import Segmenter, segmenter

__all__ = ["Net", "SurveyNetwork", "Told", "build", "encoder_of"]

Net = UNet | LectureUNet | TransferUNet | SurveyNetwork
KINDS: dict[str, Callable[..., Net]] = {
    UNet.kind: UNet,
    LectureUNet.kind: LectureUNet,
    TransferUNet.kind: TransferUNet,
    DenoiseColorizer.kind: DenoiseColorizer,
    SuperResolver.kind: super_resolver,
    Denoiser.kind: denoiser,
    Segmenter.kind: segmenter,
}


def encoder_of(net: Net) -> Encoder | None:
    """The pretrained part, of networks that have one."""
    encoder = getattr(net, "encoder", None)
    return encoder if isinstance(encoder, Encoder) else None


def build(kind: str, settings: dict, strategies: Sequence[str]) -> Net:
    if kind not in KINDS:
        raise ValueError(f"unknown network {kind!r}; one of {', '.join(KINDS)}")
    listed = {name: tuple(value) if isinstance(value, list) else value for name, value in settings.items()}
    return KINDS[kind](**listed, strategies=tuple(strategies))
