//! Plain data for JavaScript, and its TypeScript declarations.

use super::convert;
use crate::session::{Estimate, Summary};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export type BackendReasonCode =
  "asked" | "no-gpu" | "software-gpu" | "wrong-results" | "slower" | "faster" | "gave-up";

/** An input or output; `null` where a dimension (or the rank) is dynamic. */
export interface Port { name: string; type: "float32" | "int64"; shape: (number | null)[] | null; }

export interface PlanNode {
  name: string; op: string; inputs: string[]; outputs: string[];
  shape: number[]; flops: number; parameters: number;
  /** Names in the file of the initializers that are its weights. */
  weights: string[];
}

export interface Plan {
  /** Multiplications and additions. */
  flops: number;
  /** Memory of a run on the CPU. */
  peakBytes: number;
  /** Of the first output. */
  outputShape: number[];
  outputShapes: number[][];
  nodes: PlanNode[];
  /** Input pixels seen around an output pixel, [y, x]; null where it sees the whole frame. */
  halo: (number | null)[];
  /** Accepted heights and widths differ by multiples of this. */
  multiple: number[];
}

/** A kernel of a run: what it computes, what that costs, and how long it took. */
export interface KernelTime {
  /** Name and operator of the node it computes; of several that are fused, the last one. */
  node: string; op: string;
  /** What the backend calls the kernel; empty where none runs. */
  kernel: string;
  shape: number[];
  milliseconds: number;
  /** Multiplications and additions, counted as direct computation. */
  flops: number;
  /** Of operands, constants and results, each counted once. */
  bytes: number;
  /** Milliseconds that a thread of this machine would take at the least, by its measured rates; fast convolutions, which
   *  multiply less, take less. null on a GPU. */
  bound: number | null;
}

/** What `metadata_props` say of a model that goes from picture to picture. */
export interface Task {
  /** "denoise", for example; this and the next three as the file has them. */
  task: string | null; family: string | null; strategy: string | null; title: string | null;
  /** `range`: the values of the least and the greatest in tensors. */
  input: { color: "rgb" | "gray" | "lab-l" | "edges"; range: [number, number] };
  /** Of "classes", `process` gives a label picture, which `Engine.view` draws. */
  output: { color: "rgb" | "gray" | "lab-l" | "lab-ab" | "edges" | "classes"; range: [number, number] };
  /** In the order of their indices, with their colour in views. */
  classes: { name: string; color: [number, number, number] }[];
  /** The picture is enlarged by this before the network sees it. */
  scale: number;
  /** About how long the shorter side of the frame is for the network; null where it is left. */
  side: number | null;
  tiling: "tiles" | "whole" | "both";
  /** What can be set beside the picture, by name. */
  optional: Record<string, OptionalInput>;
}

/** An optional input: a number; the sigma of the picture's noise, of 255, which is estimated where it is not given; or color
 *  hints, `likely`: whether `Engine.likelyColors` knows what the network thinks. */
export type OptionalInput =
  | { kind: "number"; range: [number, number]; default: number }
  | { kind: "noise-level"; range: [number, number]; default: number }
  | { kind: "color-hints"; likely: boolean };

/** Values for optional inputs; what is not named keeps the file's default. */
export interface OptionalValues { numbers?: Record<string, number>; hints?: ColorHint[]; }

/** The color of one pixel: CIE a* and b*, −128 to 128. */
export interface ColorHint { x: number; y: number; a: number; b: number; }

/** A color that a network finds likely: CIE a* and b*, sRGB bytes at the lightness of the place, 0-1. */
export interface LikelyColor { a: number; b: number; rgb: [number, number, number]; probability: number; }

/** What a person should know of a file. `share`: of the rows, 0-1, the last ones, that are missing. */
export type PictureNotice = { message: string; format?: string } & (
  | { code: "rows-missing"; share: number }
  | { code: "detail-missing" | "end-missing" | "checksum-wrong" | "highlights-clipped" }
  | { code: "scaled"; low: number; high: number });

/** How a label picture is drawn: `classes` are indices of those that are chosen.
 *  classes: those in their colours, the rest transparent. overlay: the colours over the picture; `opacity`
 *  0-1, by default 0.5. cutout: the picture where it is of those, with soft edges. */
export interface LabelView { mode: "classes" | "overlay" | "cutout"; classes: number[]; opacity?: number; }

export interface Estimate {
  fits: boolean;
  /** Why it does not fit. */
  reason?: string;
  width: number; height: number; tiles: number; flops: number; peakBytes: number;
  /** Tiles that run at once. */
  threads: number;
  /** False where the network takes one size alone and sees the picture brought to it. */
  exact: boolean;
  /** Width and height to which the whole picture is brought for the network; null where it sees it as it is, or by tiles. */
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
  /** Values set to zero, with named inputs: "name", or "name>node" for one edge. */
  cut?: string[];
}

export interface ProcessOptions {
  tile?: number;
  near?: { x: number; y: number };
  /** For the network's optional inputs. */
  optional?: OptionalValues;
  signal?: AbortSignal;
  onTile?: (tile: Tile) => void;
  onProgress?: (progress: Progress) => void;
  /** Runs `Model.tile` on another thread, which counts from 0; one that rejects is not asked again. */
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
