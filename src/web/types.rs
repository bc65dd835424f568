//! Plain data for JavaScript, and its TypeScript declarations.

use super::convert;
use crate::session::{Estimate, Summary};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type BackendReasonCode =
  "asked" | "no-gpu" | "software-gpu" | "wrong-results" | "slower" | "faster" | "gave-up";

/** An input or output; `null` for a dynamic dimension (or rank). */
export interface Port { name: string; type: "float32" | "int64"; shape: (number | null)[] | null; }

export interface PlanNode {
  name: string; op: string; inputs: string[]; outputs: string[];
  shape: number[]; flops: number; parameters: number;
  /** Names in the file of its weights' initializers. */
  weights: string[];
}

export interface Plan {
  /** Multiplications and additions. */
  flops: number;
  /** Memory of a run on the CPU, in bytes. */
  peakBytes: number;
  /** Shape of the first output. */
  outputShape: number[];
  outputShapes: number[][];
  nodes: PlanNode[];
  /** Input pixels around an output pixel that it depends on, [y, x]; null for the whole frame. */
  halo: (number | null)[];
  /** Accepted heights and widths differ by multiples of this number. */
  multiple: number[];
}

/** A kernel of a run with its work, cost and time. */
export interface KernelTime {
  /** Name and operator of its node; if several are fused, the last one. */
  node: string; op: string;
  /** Name of the kernel in the backend; empty if none runs. */
  kernel: string;
  shape: number[];
  milliseconds: number;
  /** Multiplications and additions, counted as direct computation. */
  flops: number;
  /** Bytes of operands, constants and results, each counted once. */
  bytes: number;
  /** Lower bound in milliseconds for a thread of this machine at its measured rates; fast convolutions, which multiply
   *  less, may be faster. null on a GPU. */
  bound: number | null;
}

/** Task of a model from pictures to pictures, declared in `metadata_props`. */
export interface Task {
  /** Such as "denoise"; this and the next three as in the file. */
  task: string | null; family: string | null; strategy: string | null; title: string | null;
  /** `range`: tensor values of the minimum and the maximum. */
  input: { color: "rgb" | "gray" | "lab-l" | "edges"; range: [number, number] };
  /** For "classes", `process` returns a label picture, which `Engine.view` draws. */
  output: { color: "rgb" | "gray" | "lab-l" | "lab-ab" | "edges" | "classes"; range: [number, number] };
  /** Classes in the order of their indices, with their colors in views. */
  classes: { name: string; color: [number, number, number] }[];
  /** Enlargement of the picture before the network. */
  scale: number;
  /** Approximate shorter side of the network's frame, in pixels; null for no resizing. */
  side: number | null;
  tiling: "tiles" | "whole" | "both";
  /** Optional inputs, by name. */
  optional: Record<string, OptionalInput>;
}

/** An optional input: a number; the sigma of the picture's noise, of 255, which is estimated by default; or color hints,
 *  `likely`: whether `Engine.likelyColors` can return the colors that the network considers likely. */
export type OptionalInput =
  | { kind: "number"; range: [number, number]; default: number }
  | { kind: "noise-level"; range: [number, number]; default: number }
  | { kind: "color-hints"; likely: boolean };

/** Values for optional inputs; unnamed inputs keep the file's default. */
export interface OptionalValues { numbers?: Record<string, number>; hints?: ColorHint[]; }

/** The color of one pixel: CIE a* and b*, −128 to 128. */
export interface ColorHint { x: number; y: number; a: number; b: number; }

/** A color that a network considers likely: CIE a* and b*, sRGB bytes at the pixel's lightness, probability 0-1. */
export interface LikelyColor { a: number; b: number; rgb: [number, number, number]; probability: number; }

/** A warning about a file. `share`: share of missing rows, 0-1, at the end. */
export type PictureNotice = { message: string; format?: string } & (
  | { code: "rows-missing"; share: number }
  | { code: "detail-missing" | "end-missing" | "checksum-wrong" | "highlights-clipped" }
  | { code: "scaled"; low: number; high: number });

/** Drawing of a label picture: `classes` are the indices of the chosen classes.
 *  classes: those in their colors, the rest transparent. overlay: their colors over the picture; `opacity`
 *  0-1, by default 0.5. cutout: the picture within those classes, with soft edges. */
export interface LabelView { mode: "classes" | "overlay" | "cutout"; classes: number[]; opacity?: number; }

export interface Estimate {
  fits: boolean;
  /** Reason if it does not fit. */
  reason?: string;
  width: number; height: number; tiles: number; flops: number; peakBytes: number;
  /** Number of concurrent tiles. */
  threads: number;
  /** False if the network accepts a single size, to which the picture is resized. */
  exact: boolean;
  /** Width and height to which the whole picture is resized for the network; null if it sees the picture at its own size or in tiles. */
  frame: [number, number] | null;
}

export interface Tile { x: number; y: number; width: number; height: number; pixels: Uint8ClampedArray; }

export interface Progress { fraction: number; tilesDone: number; tiles: number; }

export interface Tensor { data: Float32Array | BigInt64Array | Int32Array; shape: number[]; }

export interface RunOptions {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** Names of values to return, with named inputs. */
  outputs?: string[];
  /** Values to set to zero, with named inputs: "name", or "name>node" for one edge. */
  cut?: string[];
}

export interface ProcessOptions {
  tile?: number;
  near?: { x: number; y: number };
  /** Values for the network's optional inputs. */
  optional?: OptionalValues;
  signal?: AbortSignal;
  onTile?: (tile: Tile) => void;
  onProgress?: (progress: Progress) => void;
  /** Runs `Model.tile` on another thread, numbered from 0; a thread that rejects is not used again. */
  help?: (helper: number, data: Float32Array, shape: number[]) => Promise<Tensor>;
}
"#;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Plan<'a> {
    flops: u64,
    peak_bytes: u64,
    output_shape: Option<&'a Vec<usize>>,
    output_shapes: &'a [Vec<usize>],
    nodes: &'a [crate::session::NodeSummary],
    halo: [Option<usize>; 2],
    multiple: [usize; 2],
}

pub(super) fn plan(summary: &Summary) -> JsValue {
    convert::json(&Plan {
        flops: summary.flops,
        peak_bytes: summary.peak_bytes,
        output_shape: summary.outputs.first(),
        output_shapes: &summary.outputs,
        nodes: &summary.nodes,
        halo: summary.halo,
        multiple: summary.multiple,
    })
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    fits: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    width: u32,
    height: u32,
    tiles: usize,
    flops: u64,
    peak_bytes: u64,
    threads: usize,
    exact: bool,
    frame: Option<[u32; 2]>,
}

pub(super) fn estimate(estimate: &Estimate) -> JsValue {
    let &Estimate { width, height, tiles, flops, peak_bytes, threads, exact, frame } = estimate;
    let (fits, reason) = (true, None);
    convert::json(&Answer { fits, reason, width, height, tiles, flops, peak_bytes, threads, exact, frame })
}

pub(super) fn refused(peak_bytes: u64, reason: &str) -> JsValue {
    convert::json(&Answer { reason: Some(reason), peak_bytes, ..Answer::default() })
}
