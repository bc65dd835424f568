"""Thirty networks of public packages against onnxruntime: exports them with seeded weights, runs them in the engine, and
writes a table.

    make networks          or: python public_networks.py [--only unet-resnet34 ...] [--folder DIR] [--table FILE]

Needs torchvision, segmentation-models-pytorch, monai and spandrel beside what requirements.txt lists. A package that is
missing leaves its rows out, and is named. Weights are random but for their seed; what counts is that every operator of the
export runs, and how near the result is to onnxruntime's and to float64.
"""

from __future__ import annotations

import argparse
import copy
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from cases.build import export, quiet, run_onnxruntime
from export import strip
from safetensors.numpy import save_file
from torch import Tensor, nn

HERE = Path(__file__).parent
SIDE = 128
TOLERANCE = 1e-3


class First(nn.Module):
    """The first result of a network that gives several."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        y = self.net(x)
        while not isinstance(y, Tensor):
            y = next(iter(y.values())) if isinstance(y, dict) else y[0]
        return y


def smp(name: str, encoder: str, **more: object) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        import segmentation_models_pytorch

        kind = getattr(segmentation_models_pytorch, name)
        return kind(encoder, encoder_weights=None, classes=2, activation="sigmoid", **more)

    return make


def torchvision(name: str) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        from torchvision.models import segmentation

        return getattr(segmentation, name)(weights=None, weights_backbone=None, num_classes=4)

    return make


def monai(name: str, **more: object) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        from monai.networks import nets

        return getattr(nets, name)(**more)

    return make


def spandrel(module: str, name: str, **more: object) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        import importlib

        return getattr(importlib.import_module(f"spandrel.architectures.{module}"), name)(**more)

    return make


RGB = dict(spatial_dims=2, in_channels=3, out_channels=2)
NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "unet-resnet34": smp("Unet", "resnet34"),
    "unet-mobilenet": smp("Unet", "mobilenet_v2"),
    "unet-efficientnet": smp("Unet", "efficientnet-b0"),
    "unet-vgg11": smp("Unet", "vgg11_bn"),
    "unet-densenet": smp("Unet", "densenet121"),
    "unet-scse": smp("Unet", "resnet18", decoder_attention_type="scse"),
    "unet-plus-plus": smp("UnetPlusPlus", "resnet18"),
    "manet": smp("MAnet", "resnet18"),
    "linknet": smp("Linknet", "resnet18"),
    "fpn": smp("FPN", "resnet18"),
    "pspnet": smp("PSPNet", "resnet18"),
    "pan": smp("PAN", "resnet18"),
    "deeplab-v3": smp("DeepLabV3", "resnet18"),
    "deeplab-v3-plus": smp("DeepLabV3Plus", "resnet18"),
    "upernet": smp("UPerNet", "resnet18"),
    "segformer": smp("Segformer", "mit_b0"),
    "fcn-resnet50": torchvision("fcn_resnet50"),
    "deeplab-mobilenet": torchvision("deeplabv3_mobilenet_v3_large"),
    "lraspp-mobilenet": torchvision("lraspp_mobilenet_v3_large"),
    "monai-unet": monai("UNet", **RGB, channels=(8, 16, 32), strides=(2, 2), num_res_units=2),
    "monai-basic-unet": monai("BasicUNet", **RGB, features=(8, 8, 16, 32, 64, 8)),
    "monai-attention-unet": monai("AttentionUnet", **RGB, channels=(8, 16, 32), strides=(2, 2)),
    "monai-segresnet": monai("SegResNet", **RGB, init_filters=8),
    "monai-dynunet": monai("DynUNet", **RGB, kernel_size=(3, 3, 3), strides=(1, 2, 2), upsample_kernel_size=(2, 2)),
    "monai-unetr": monai("UNETR", **RGB, img_size=SIDE, hidden_size=48, mlp_dim=96, num_heads=4),
    "monai-swin-unetr": monai("SwinUNETR", **RGB, feature_size=12),
    "esrgan": spandrel("ESRGAN", "ESRGAN", num_filters=16, num_blocks=2),
    "compact": spandrel("Compact", "Compact", num_feat=16, num_conv=4),
    "swinir": spandrel("SwinIR", "SwinIR", img_size=SIDE, embed_dim=24, depths=[2, 2], num_heads=[4, 4], window_size=8),
    "safmn": spandrel("SAFMN", "SAFMN", dim=16, n_blocks=2, upscaling_factor=2),
    "nafnet": spandrel("NAFNet", "NAFNet", width=16, enc_blk_nums=[1, 1], middle_blk_num=1, dec_blk_nums=[1, 1]),
}


def settle(net: nn.Module) -> nn.Module:
    """Running statistics away from their defaults, as training leaves them."""
    g = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for key, value in net.named_buffers():
            if key.endswith("running_var"):
                value.copy_(0.5 + torch.rand(value.shape, generator=g))
            elif key.endswith("running_mean"):
                value.copy_(0.2 * torch.randn(value.shape, generator=g))
    return net.eval()


def exported(net: nn.Module, x: Tensor) -> tuple[bytes, str]:
    """By today's exporter, else by the old one; which it was."""
    try:
        return strip(export(net, (x,), 18, False, None)).SerializeToString(), "dynamo"
    except Exception:  # noqa: BLE001: whatever it cannot do, the other may
        return strip(export(net, (x,), 17, True, None)).SerializeToString(), "legacy"


def share(found: np.ndarray, wanted: np.ndarray) -> float:
    return float(np.abs(found - wanted).max() / np.abs(wanted).max())


def write(name: str, make: Callable[[], nn.Module], folder: Path) -> str:
    """One file of a case; a row's columns before the engine's: exporter, and onnxruntime against float64."""
    torch.manual_seed(0)
    net = First(settle(make()))
    x = torch.rand(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    with quiet():
        model, exporter = exported(net, x)
    import onnx

    graph = onnx.load_from_string(model).graph
    (input_name,), output_name = [v.name for v in graph.input], graph.output[0].name
    answer = run_onnxruntime(model, {input_name: x.numpy()})[0]
    with torch.inference_mode():
        exact = copy.deepcopy(net).double()(x.double()).numpy()
    tensors = {f"{exporter}/model": np.frombuffer(model, np.uint8), f"{exporter}/in/{input_name}": x.numpy()}
    save_file(tensors | {f"{exporter}/out/{output_name}": exact.astype(np.float32)}, folder / f"{name}.safetensors")
    return f"{exporter} | {share(answer, exact):.1e}"


def engine(folder: Path, backend: str = "cpu") -> dict[str, str]:
    """By file: the largest difference as a share of the largest value, or why it is refused."""
    command = ["cargo", "run", "--quiet", "--release", "--example", "networks", "--", str(folder), backend]
    lines = subprocess.run(command, cwd=HERE.parent, check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.split("\t")[0]: line.split("\t")[2] for line in lines}


def is_wrong(told: str, tolerance: float = TOLERANCE) -> bool:
    """Too far off, or refused."""
    try:
        return not float(told) <= tolerance
    except ValueError:
        return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=sorted(NETWORKS))
    parser.add_argument("--folder", type=Path, help="where the exported networks go; by default nowhere for long")
    parser.add_argument("--table", type=Path, default=HERE.parent / "docs" / "networks.md")
    args = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        rows, missing = {}, []
        for name in args.only or NETWORKS:
            try:
                rows[name] = write(name, NETWORKS[name], folder)
            except ModuleNotFoundError as error:
                missing.append(f"{name}: {error}")
            except Exception as error:  # the others go on
                missing.append(f"{name}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
            print(name, rows.get(name, missing[-1:]), flush=True)
        answers = engine(folder)
    lines = [
        "# Networks of public packages",
        "",
        "How close onnxruntime and this engine come to float64: the largest difference as a share of the largest value, with",
        f"random weights and {SIDE} × {SIDE} pixels. `make networks` writes this page.",
        "",
        "| network | exporter | onnxruntime | this engine (CPU) |",
        "| --- | --- | --- | --- |",
        *(f"| {name} | {row} | {answers.get(name, 'not run')} |" for name, row in rows.items()),
    ]
    lines += ["", "Not exported:", "", *(f"* {line}" for line in missing)] if missing else []
    args.table.write_text("\n".join(lines) + "\n")
    wrong = [name for name in rows if is_wrong(answers.get(name, ""))]
    raise SystemExit(f"to look at: {', '.join(wrong)}" if wrong else 0)


if __name__ == "__main__":
    main()
