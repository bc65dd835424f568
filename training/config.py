"""Configurations: a TOML file each."""

from __future__ import annotations

import tomllib
from pathlib import Path


def read_config(path: Path) -> dict:
    """The file's content, and its name without ending as `name`."""
    return tomllib.loads(path.read_text()) | {"name": path.stem}
