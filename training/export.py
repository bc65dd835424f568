"""From a trained network to an ordinary ONNX file with half-precision weights, checked against onnxruntime.

    python export.py denoise.toml --data ../../shared/data --strategy bilinear

`metadata_props` say what the file does, so that a reader needs no table beside it. Keys: task, family, survey and design (of a survey's networks), strategy, variant, title,
input and output (JSON: color, range, scale, side, classes), optional (JSON: inputs that have a default), tiling ("tiles", "whole" or "both"), residual, parameters,
flops_per_pixel, training_data, license, seed of the last run, steps and minutes of training (all strategies of a shared run
together), curve (JSON: pairs of step and score on held-out pictures, as watched in the last run), scores (JSON), vividness (a factor that the head was multiplied by after training), pretrained (whose weights the encoder has).
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import logging
import math
import re
import tomllib
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from config import of_network, read_config
from encoder import SOURCE
from manifest import write_manifest
from model import flops_per_pixel, parameters
from networks import Net, SurveyNetwork, build, encoder_of
from onnx import TensorProto, helper, numpy_helper
from scoring import onnx_network, padded
from tasks import task_of
from transfer import HINTS
from weights import file_name, latest, opened, total

HERE = Path(__file__).parent
OPSET = 18
ENCODER = "efficientnet-lite0"  # what the files of encoders begin with
# Inputs beside the picture, with their shapes, and what `metadata_props` say of them.
OPTIONAL = {
    "hints": (["n", HINTS, "hint_rows", "hint_columns"], {"kind": "color-hints", "stride": 4}),
    "temperature": ([], {"kind": "number", "range": [0.1, 1]}),
    "sigma": ([], {"kind": "noise-level", "range": [0, 50]}),
}
# Of the largest output magnitude: float32 sums in another order, no more.
TOLERANCE = 1e-4


def to_onnx(net: Net, opset: int = OPSET) -> onnx.ModelProto:
    """Batch, height and width dynamic, the sides multiples of `net.multiple`; nodes named after their modules."""
    net = net.eval()
    batch, rows, columns = (torch.export.Dim(name) for name in ("n", "rows", "columns"))
    shape = {0: batch, 2: net.multiple * rows, 3: net.multiple * columns}
    example = torch.zeros(2, net.settings["inputs"], 4 * net.multiple, 6 * net.multiple)
    logging.getLogger("onnxscript").setLevel(logging.ERROR)
    outputs = list(getattr(net, "outputs", ("y",)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            net, (example,), dynamo=True, dynamic_shapes=(shape,), input_names=["x"], output_names=outputs,
            opset_version=opset, verbose=False,
        )  # fmt: skip
    model = program.model_proto
    name_after_modules(model.graph, [name for name, _ in net.named_children()])
    return strip(model)


def module_path(node: onnx.NodeProto) -> str:
    scopes = {p.key: p.value for p in node.metadata_props}.get("pkg.torch.onnx.name_scopes", "[]")
    path = [s for s in ast.literal_eval(scopes)[:-1] if s and not s.startswith("_")]
    return path[-1] if path else ""


def name_after_modules(graph: onnx.GraphProto, blocks: list[str]) -> None:
    """Nodes get their module's path; the value that leaves a block (`enc1`, `up1`, ...) gets the block's name."""
    used: dict[str, int] = {}
    leaving: dict[str, str] = {}
    fixed = {v.name for v in [*graph.input, *graph.output]}
    for node in graph.node:
        path = module_path(node)
        leaf = bool(path) and any(i.startswith(path + ".") for i in node.input)
        name = path if leaf else ".".join(filter(None, [path, node.op_type.lower()]))
        used[name] = used.get(name, 0) + 1
        node.name = name if used[name] == 1 else f"{name}_{used[name]}"
        block = path.split(".")[0]
        if block in blocks and node.output[0] not in fixed:
            leaving[block] = node.output[0]
    renamed = {value: block for block, value in leaving.items()}
    for node in graph.node:
        for names in (node.input, node.output):
            names[:] = [renamed.get(n, n) for n in names]
    for value in graph.value_info:
        value.name = renamed.get(value.name, value.name)


def strip(model: onnx.ModelProto) -> onnx.ModelProto:
    """Drops what the exporter notes about the machine it ran on (source paths, stack traces)."""
    graph = model.graph
    for holder in [model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer]:
        holder.ClearField("metadata_props")
        holder.ClearField("doc_string")
    return model


def halve(model: onnx.ModelProto) -> onnx.ModelProto:
    """Stores the weights of convolutions as float16, with a Cast each; everything is computed in float32."""
    graph = model.graph
    stored = {i.name: i for i in graph.initializer}
    casts: dict[str, onnx.NodeProto] = {}
    for node in graph.node:
        if node.op_type not in ("Conv", "ConvTranspose"):
            continue
        for position, name in enumerate(node.input):
            if name in stored and stored[name].data_type == TensorProto.FLOAT:
                casts[name] = helper.make_node("Cast", [name], [name + ".f32"], name=name + ".cast", to=TensorProto.FLOAT)
                node.input[position] = name + ".f32"
    for name in casts:
        array = numpy_helper.to_array(stored[name])
        stored[name].CopyFrom(numpy_helper.from_array(array.astype(np.float16), name))
    described = [v for v in graph.value_info if v.name not in casts]
    del graph.value_info[:]
    graph.value_info.extend(described)
    nodes = [*casts.values(), *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def optional_inputs(model: onnx.ModelProto) -> dict[str, dict[str, object]]:
    """Makes what a caller may give, and the file has a default of, inputs; and says what they are."""
    stored, given = {i.name for i in model.graph.initializer}, {i.name for i in model.graph.input}
    told = {}
    for name, (shape, kind) in OPTIONAL.items():
        if name in stored:
            told[name] = dict(kind)
            if name not in given:
                model.graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    if "hints" in told:
        told["hints"]["likely"] = likely_colors(model.graph)
    return told


def likely_colors(graph: onnx.GraphProto) -> dict[str, str]:
    """The probabilities of classes of color, and the convolution that takes their mean: its weights are the colors."""
    (softmax,) = (node for node in graph.node if node.op_type == "Softmax")
    (mean,) = (node for node in graph.node if softmax.output[0] in node.input)
    return {"probabilities": softmax.output[0], "colors": mean.input[1].removesuffix(".f32")}


def of_encoder(model: onnx.ModelProto) -> list[str]:
    """Names of the weights that a pretrained encoder has."""
    return [tensor.name for tensor in model.graph.initializer if tensor.name.startswith("encoder.")]


def but_upsampling(model: onnx.ModelProto, branch: str) -> list[str]:
    """Names of the weights that all strategies of a shared run have, in a U-Net without norms (whose names begin with `branch`): all
    but the upsampling."""
    names = (tensor.name for tensor in model.graph.initializer if tensor.data_type == TensorProto.FLOAT16)
    return sorted(name for name in names if re.match(rf"{re.escape(branch)}(?!up\d+\.)", name))


def share(model: onnx.ModelProto, names: list[str], path: Path) -> None:
    """Moves weights into a file that other networks read too; some read no more than its beginning."""
    content, tensors = bytearray(), {tensor.name: tensor for tensor in model.graph.initializer}
    for tensor in map(tensors.__getitem__, names):
        raw = numpy_helper.to_array(tensor).tobytes()
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        del tensor.external_data[:]
        for key, value in (("location", path.name), ("offset", len(content)), ("length", len(raw))):
            tensor.external_data.add(key=key, value=str(value))
        content += raw + bytes(-len(raw) % 16)
    if not path.exists():
        path.write_bytes(content)
    # To the last bit of half precision: averages of equal weights may be rounded otherwise.
    elif not np.allclose(*(np.frombuffer(b, np.float16) for b in (path.read_bytes()[: len(content)], content)), 1e-3, 1e-7):
        raise RuntimeError(f"{path} holds other weights: delete it, and export all networks that read it anew")


def check(model: onnx.ModelProto, net: Net) -> float:
    """The largest difference from PyTorch with the same (rounded) weights, over several sizes, relative."""
    import onnxruntime

    onnx.checker.check_model(model, full_check=True)
    rounded = copy.deepcopy(net)
    with torch.no_grad():
        for module in rounded.modules():
            if isinstance(module, (torch.nn.Conv2d, torch.nn.ConvTranspose2d)):
                for parameter in module.parameters():
                    parameter.copy_(parameter.half())
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    generator, worst = torch.Generator().manual_seed(0), 0.0
    for n, h, w in ((1, 1, 1), (2, 3, 2), (1, 5, 8)):
        x = torch.rand(n, net.settings["inputs"], h * net.multiple, w * net.multiple, generator=generator)
        with torch.inference_mode():
            made = rounded(x)
        several = made if isinstance(made, tuple) else (made,)
        for actual, expected in zip(session.run(None, {"x": x.numpy()}), (one.numpy() for one in several), strict=True):
            worst = max(worst, float(np.abs(actual - expected).max() / np.abs(expected).max()))
    if worst > TOLERANCE:
        raise RuntimeError(f"the exported file differs from PyTorch by {worst:.2e} of the largest output")
    return worst


def thinned(points: list, most: int = 24) -> list:
    """At most so many of them, evenly, with the last."""
    every = max(1, math.ceil(len(points) / most))
    return points[::-1][::every][::-1]


def trained(run: Path, strategy: str, of_shared: float = 0.0) -> tuple[Net, dict[str, float]]:
    """The averaged weights of the strategy's own run where there is one, else of its part of the shared run, norms folded;
    and what went into them: steps, minutes, the last run's seed and its curve, pairs of step and score. of_shared: how much of refined weights is the shared run's
    after all; the mean of both can be better than either (Wortsman et al. 2022)."""
    found = latest(run / strategy, alone=True)
    if found is None:
        raise SystemExit(f"{run}: there is no checkpoint here")
    state = found[1]
    net = build(state["kind"], state["settings"], state["strategies"])
    weights = state["average"]
    if of_shared and found[0].parent != run:
        shared = opened(run / "checkpoint.pt")["average"]
        weights = {k: v.lerp(shared[k], of_shared) if v.is_floating_point() else v for k, v in weights.items()}
    net.load_state_dict(weights)
    steps, seconds = total(state)
    before = state["before"][0]
    curve = thinned([[before + row["step"], round(row[strategy], 3)] for row in state["curve"]])
    told = {"steps": steps, "minutes": round(seconds / 60, 1), "seed": state["seed"], "curve": curve}
    return net.single(strategy).eval().folded(), told


def facts_of(config: dict, net: Net, strategy: str, scores: dict[str, float], went_into: dict[str, float]) -> dict[str, object]:
    sources = tomllib.loads((HERE / "sources.toml").read_text())
    title = f"{config['facts']['title']} ({strategy})"
    if isinstance(net, SurveyNetwork):
        names = dict(family=net.family, survey=net.survey, design=net.strategy, strategy=net.upsampling)
    else:
        names = dict(family=net.family, strategy=strategy)
    only = {key: config[key] for key in ("variant", "vividness") if key in config}
    return dict(
        config["facts"], **only, task=config["task"], **names, title=title, residual=net.residual,
        parameters=parameters(net), flops_per_pixel=round(flops_per_pixel(net)), scores=scores,
        training_data=sources[config["facts"]["training_data"]].strip(),
        **({"pretrained": SOURCE + (", then refined" if refined_for(config) else "")} if encoder_of(net) else {}),
        **{"seed": config["training"]["seed"], **went_into},
    )  # fmt: skip


def refined_for(config: dict) -> str | None:
    """The task for which the encoder was trained further: this one, or another whose encoder it reads."""
    return config["task"] if "refine" in config["training"] else config.get("encoder")


def write(model: onnx.ModelProto, facts: dict[str, object], path: Path, config: dict) -> None:
    helper.set_model_props(model, {k: v if isinstance(v, str) else json.dumps(v) for k, v in facts.items()})
    if "pretrained" in facts:
        encoder = "-".join(filter(None, [ENCODER, refined_for(config)]))
        share(model, of_encoder(model), path.with_name(f"{encoder}.onnx.data"))
    if "shares_weights" in config:
        share(model, but_upsampling(model, config["shares_weights"]), path.with_name(f"{file_name(config)}.onnx.data"))
    path.write_bytes(model.SerializeToString())
    print(f"{path.name}: {path.stat().st_size} bytes, {facts['steps']} steps", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds eval/")
    parser.add_argument("--strategy", nargs="+", help="default: all of the configuration")
    parser.add_argument("--run", type=Path, help="folder of the configuration's runs; default runs/<its name>")
    parser.add_argument("--models", type=Path, default=HERE.parent / "models")
    args = parser.parse_args()
    recipe = read_config(args.config)
    args.models.mkdir(parents=True, exist_ok=True)
    for strategy in args.strategy or recipe["strategies"]:
        config = of_network(recipe, strategy)
        task = task_of(config, args.data)
        run = args.run or HERE / "runs" / args.config.stem
        net, went_into = trained(run, strategy, config["training"].get("of_shared", 0.0))
        if "temperature" in config["network"]:
            net.temperature.fill_(config["network"]["temperature"])  # chosen after training
        if "vividness" in config:
            with torch.no_grad():
                for parameter in net.head.parameters():
                    parameter.mul_(config["vividness"])
        model = halve(to_onnx(net))
        optional = optional_inputs(model)
        print(f"{strategy}: differs from PyTorch by {check(model, net):.1e} of the largest output", flush=True)
        network = padded(onnx_network(model.SerializeToString()), net.multiple)
        scores = {name: round(value, 3) for name, value in task.report(network).items()}
        for name, value in scores.items():
            print(f"{strategy}: {name}: {value:.3f}", flush=True)
        facts = facts_of(config, net, strategy, scores, went_into)
        write(
            model,
            facts | ({"optional": optional} if optional else {}),
            args.models / f"{file_name(config, strategy)}.onnx",
            config,
        )
    write_manifest(args.models)


if __name__ == "__main__":
    main()
