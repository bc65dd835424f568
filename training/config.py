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
    """A recipe, and the file's name without its extension as `name`.

    A table with `like = "other.toml"` starts from the table of the same name in that recipe, beside this one; its own keys
    replace those, nested tables key by key.
    """
    config = tomllib.loads(path.read_text())
    tables = {key: table_of(path, key) for key, value in config.items() if isinstance(value, dict)}
    return config | tables | {"name": path.stem}


def table_of(path: Path, key: str, extended_by: tuple[Path, ...] = ()) -> dict:
    """A recipe's table with what its `like` adds. `extended_by`: the recipes on the way here, which it must not name again."""
    if path in extended_by:
        raise ValueError(f"{path.name}: [{key}] extends itself")
    table = tomllib.loads(path.read_text()).get(key)
    if not isinstance(table, dict):
        raise ValueError(f"{extended_by[-1].name}: {path.name} has no table [{key}]")
    like = table.pop("like", None)
    return merged(table_of(path.with_name(like), key, (*extended_by, path)), table) if like else table


def task_facts(folder: Path) -> list[dict]:
    """What the page and the command know of every task, in the page's order: the recipes' `task_facts`, and what follows from
    the rest of a recipe (`id`, `scale`, how its pictures are encoded, and of segmentations the names of the `classes`)."""
    recipes = [config for path in sorted(folder.glob("*.toml")) if "task_facts" in (config := read_config(path))]
    recipes.sort(key=lambda config: config["task_facts"]["place"])
    scales: dict[str, int] = {
        c["task"]: c["facts"]["input"].get("scale", c["network"].get("scale", 1)) for c in recipes if "facts" in c
    }
    listed = []
    for config in recipes:
        told = {key: value for key, value in config["task_facts"].items() if key != "place"}
        # Classical methods in a chain leave the size as it is.
        scale = prod(scales.get(step, 1) for step in told["chain"]) if "chain" in told else scales[config["task"]]
        ends = {end: config["facts"][end]["color"] for end in ("input", "output") if "facts" in config}
        if "classes" in config.get("facts", {}).get("output", {}):
            ends["classes"] = config["facts"]["output"]["classes"]
        listed.append(dict(id=config["task"], scale=scale, **ends, **({"kinds": [], "baselines": [], "finish": []} | told)))
    return listed
