"""Configurations: a TOML file each."""

from __future__ import annotations

import tomllib
from math import prod
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


def task_facts(folder: Path) -> list[dict]:
    """What the page and the command know of every task, in the page's order: the recipes' `task_facts`, and what follows from
    the rest of a recipe (`id`, `scale`, and how its pictures are encoded)."""
    recipes = [config for path in sorted(folder.glob("*.toml")) if "task_facts" in (config := read_config(path))]
    recipes.sort(key=lambda config: config["task_facts"]["place"])
    scales: dict[str, int] = {
        c["task"]: c["facts"]["input"].get("scale", c["network"].get("scale", 1)) for c in recipes if "facts" in c
    }
    listed = []
    for config in recipes:
        told = {key: value for key, value in config["task_facts"].items() if key != "place"}
        scale = prod(scales[step] for step in told["chain"]) if "chain" in told else scales[config["task"]]
        ends = {end: config["facts"][end]["color"] for end in ("input", "output") if "facts" in config}
        listed.append(dict(id=config["task"], scale=scale, **ends, **({"kinds": [], "baselines": [], "finish": []} | told)))
    return listed
