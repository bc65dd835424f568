"""Configurations: a TOML file each."""

from __future__ import annotations

import tomllib
from pathlib import Path


def of_network(config: dict, name: str) -> dict:
    """A configuration of separate networks as it is for one of them: with what `[only.<name>]` says in place of the rest."""
    return merged(config, config.get("only", {}).get(name, {}))


def merged(config: dict, other: dict) -> dict:
    return config | {
        key: merged(config[key], value) if isinstance(value, dict) and key in config else value for key, value in other.items()
    }


def read_config(path: Path) -> dict:
    """The file's content, and its name without ending as `name`."""
    return tomllib.loads(path.read_text()) | {"name": path.stem}
