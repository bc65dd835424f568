"""What recipes and files need to know of a survey's networks, which are trained alike and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from model import initialise
from torch import nn


class SurveyNetwork(nn.Module):
    """A network by itself: not one of several that differ in their upsampling alone."""

    kind: str
    family: str
    residual = True
    # Of height and width.
    multiple = 1
    # How it enlarges what it works on; none, where it never makes it smaller.
    upsampling: str
    # What it gives: the picture, first of several.
    outputs: tuple[str, ...] = ("y",)
    survey: str
    settings: dict
    strategies: tuple[str, ...]
    strategy: str

    def single(self, strategy: str) -> SurveyNetwork:
        return self

    def folded(self) -> SurveyNetwork:
        """For inference: the same function, without batch norms where it has some."""
        return self


N = TypeVar("N", bound=SurveyNetwork)


def built(known: Mapping[str, Callable[[], N]], strategies: tuple[str, ...], settings: dict, survey: Callable[[str], str]) -> N:
    """The network of the survey that `strategies` names. It begins as the identity: the first steps learn what to correct, not how
    to copy."""
    (name,) = strategies
    if name not in known:
        raise ValueError(f"unknown network {name!r}; one of {', '.join(known)}")
    net = known[name]()
    net.settings, net.strategies, net.strategy, net.survey = settings, strategies, name, survey(name)
    net.apply(initialise)
    for path, module in net.named_modules():
        if "head" in path.split(".") and isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.zeros_(module.weight)
    return net
