/** PyTorch and TensorFlow programs that print the displayed numbers. */

import type { Matrix } from "./matrix";
import type { Settings } from "./settings";
import { sizeRule } from "./size";

/** PyTorch. */
export function pytorch(settings: Settings): string {
  const { operator, input, kernel, bias } = settings;
  const lines = [
    "import torch",
    "from torch import nn",
    "",
    `${assigned("data", "torch.tensor", input)}.reshape(1, ${input.channels}, ${input.height}, ${input.width})`,
    "",
  ];
  if (operator === "transposed-conv") {
    lines.push(
      assigned("kernel", "torch.tensor", kernel),
      "",
      `conv_transpose = nn.ConvTranspose2d(${hanging(torchTransposed(settings))})`,
      "with torch.no_grad():",
      `    conv_transpose.weight.copy_(kernel.reshape(1, 1, ${kernel.height}, ${kernel.width}))`,
    );
    if (bias !== 0) lines.push(`    conv_transpose.bias.fill_(${bias})`);
    lines.push("output = conv_transpose(data)");
  } else if (operator === "max-unpool") {
    const window = windowArguments(settings);
    lines.push(
      `mpool = nn.MaxPool2d(${window}, return_indices=True)`,
      "output_mp, indices = mpool(data)",
      "",
      `unpooling = nn.MaxUnpool2d(${window})`,
      "output = unpooling(output_mp, indices, output_size=data.size())",
      "print(output_mp[0, 0])",
      "print(indices[0, 0])",
    );
  } else {
    lines.push(`upsample = ${torchModule(settings)}`, "output = upsample(data)");
  }
  lines.push(input.channels > 1 ? "print(output[0])" : "print(output[0, 0])");
  return `${lines.join("\n")}\n`;
}

function torchModule({ operator, factor, alignCorners }: Settings): string {
  if (operator === "pixel-shuffle") return `nn.PixelShuffle(${factor})`;
  const corners = operator === "nearest" ? "" : `, align_corners=${alignCorners ? "True" : "False"}`;
  return `nn.Upsample(scale_factor=${factor}, mode="${operator}"${corners})`;
}

function torchTransposed({ kernelSize, stride, padding, outputPadding, bias }: Settings): string[] {
  const parts = [
    "in_channels=1",
    "out_channels=1",
    `kernel_size=${kernelSize}`,
    `stride=${stride}`,
    `padding=${padding}`,
  ];
  if (outputPadding > 0) parts.push(`output_padding=${outputPadding}`);
  return [...parts, `bias=${bias === 0 ? "False" : "True"}`];
}

function windowArguments({ kernelSize, stride, padding }: Settings): string {
  return `kernel_size=${kernelSize}, stride=${stride}${padding > 0 ? `, padding=${padding}` : ""}`;
}

/** TensorFlow, whose tensors are `[N, H, W, C]`. */
export function tensorflow(settings: Settings): string {
  const { operator, input } = settings;
  const lines = ["import tensorflow as tf", "", ...tensorflowData(input), ""];
  if (operator === "transposed-conv") lines.push(...tensorflowTransposed(settings));
  else if (operator === "max-unpool") lines.push(...tensorflowUnpool(settings));
  else if (operator === "pixel-shuffle") lines.push(...tensorflowShuffle(settings));
  else lines.push(`output = ${tensorflowResize(settings)}`);
  lines.push(input.channels > 1 ? "print(tf.transpose(output[0], [2, 0, 1]))" : "print(output[0, :, :, 0])");
  return `${lines.join("\n")}\n`;
}

function tensorflowData(m: Matrix): string[] {
  const shaped = `tf.reshape(data, [1, ${m.channels}, ${m.height}, ${m.width}])`;
  const last =
    m.channels === 1 ? `tf.reshape(data, [1, ${m.height}, ${m.width}, 1])` : `tf.transpose(${shaped}, [0, 2, 3, 1])`;
  return [assigned("data", "tf.constant", m), `data = ${last}`];
}

function tensorflowResize({ operator, input, factor, alignCorners }: Settings): string {
  const size = `[${input.height * factor}, ${input.width * factor}]`;
  if (!alignCorners || operator === "nearest") return `tf.image.resize(data, ${size}, method="${operator}")`;
  return `tf.compat.v1.image.resize_${operator}(data, ${size}, align_corners=True)`;
}

/** TensorFlow puts the channels of a block last, PyTorch first. */
function tensorflowShuffle({ input, factor }: Settings): string[] {
  const made = input.channels / (factor * factor);
  const shape = `[1, ${input.height}, ${input.width}, ${made}, ${factor * factor}]`;
  const lines =
    made > 1
      ? [
          `data = tf.transpose(tf.reshape(data, ${shape}), [0, 1, 2, 4, 3])`,
          `data = tf.reshape(data, [1, ${input.height}, ${input.width}, ${input.channels}])`,
        ]
      : [];
  return [...lines, `output = tf.nn.depth_to_space(data, ${factor})`];
}

function tensorflowUnpool({ input, kernelSize, stride, padding: p }: Settings): string[] {
  const [h, w] = [input.height + 2 * p, input.width + 2 * p];
  const lines = [
    `pooled, indices = tf.nn.max_pool_with_argmax(data, ksize=${kernelSize}, strides=${stride}, padding="VALID")`,
    `output = tf.tensor_scatter_nd_update(tf.zeros([${h * w}]), tf.reshape(indices, [-1, 1]), tf.reshape(pooled, [-1]))`,
    `output = tf.reshape(output, [1, ${h}, ${w}, 1])`,
  ];
  if (p === 0) return lines;
  const around = `[[0, 0], [${p}, ${p}], [${p}, ${p}], [0, 0]]`;
  return [
    `data = tf.pad(data, ${around}, constant_values=data.dtype.min)`,
    ...lines,
    `output = output[:, ${p}:${p + input.height}, ${p}:${p + input.width}]`,
  ];
}

function tensorflowTransposed(settings: Settings): string[] {
  const { input, kernel, kernelSize: k, stride, padding: p, outputPadding, bias } = settings;
  const parts = ["filters=1", `kernel_size=${k}`, `strides=${stride}`, 'padding="valid"'];
  if (outputPadding > 0) parts.push(`output_padding=${outputPadding}`);
  if (bias === 0) parts.push("use_bias=False");
  const weights = [`tf.reshape(kernel, [${k}, ${k}, 1, 1])`, ...(bias === 0 ? [] : [`tf.constant([${bias}])`])];
  const [h, w] = [sizeRule(settings, input.height).result, sizeRule(settings, input.width).result];
  const cut = p > 0 || stride > k;
  return [
    assigned("kernel", "tf.constant", kernel),
    "",
    `conv_transpose = tf.keras.layers.Conv2DTranspose(${hanging(parts)})`,
    "conv_transpose.build(data.shape)",
    `conv_transpose.set_weights([${weights.join(", ")}])`,
    `output = conv_transpose(data)${cut ? `[:, ${p}:${p + h}, ${p}:${p + w}]` : ""}`,
  ];
}

/** Arguments on lines of their own, at most three per line. */
function hanging(parts: string[]): string {
  const lines: string[] = [];
  for (let at = 0; at < parts.length; at += 3) lines.push(`\n    ${parts.slice(at, at + 3).join(", ")}`);
  return lines.join(",");
}

function assigned(name: string, call: string, m: Matrix): string {
  const before = `${name} = ${call}(`;
  return `${before}${nested(m, before.length)})`;
}

/** Nested lists of floats, one row per line. */
function nested(m: Matrix, indent: number): string {
  const rows: string[] = [];
  for (let at = 0; at < m.values.length; at += m.width) {
    rows.push(
      `[${m.values
        .slice(at, at + m.width)
        .map(float)
        .join(", ")}]`,
    );
  }
  return `[${rows.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}

/** The number as typed, as a Python float. */
function float(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.`;
}
