/** Attention in a network: finds the values that hold the attention weights between places of the picture. */

import type { InspectedNode } from "../inspection";
import type { InspectionInfo, Point } from "../protocol";

export interface Attention {
  /** Name of the node. */
  name: string;
  /** Heads × tokens × tokens: each row of a head holds one token's attention to all, which sums to 1. */
  value: string;
  /** Size of the token grid over the picture; tokens are in row-major order. */
  rows: number;
  columns: number;
}

/** Operators that only move values between the softmax and the product with the values. */
const MOVERS = new Set(["Transpose", "Reshape", "Identity", "Dropout", "Cast", "Squeeze", "Unsqueeze"]);

/** Attentions whose tokens form a grid over the whole input, as in global self-attention. */
export function attentionsOf({ nodes, shape }: Pick<InspectionInfo, "nodes" | "shape">): Attention[] {
  return nodes.flatMap((node) => {
    const [queries = 0, keys = 0] = node.shape.slice(-2);
    const value = node.outputs[0];
    if (node.op !== "Softmax" || value === undefined || queries !== keys || !weighs(nodes, value)) return [];
    const grid = gridOf(shape, keys);
    return grid ? [{ name: node.name, value, ...grid }] : [];
  });
}

/** Whether a matrix product reads the value: classifiers end in a softmax, too. */
function weighs(nodes: readonly InspectedNode[], value: string): boolean {
  return nodes.some(({ op, inputs, outputs: [next] }) => {
    if (!inputs.includes(value)) return false;
    return op === "MatMul" || (MOVERS.has(op) && next !== undefined && weighs(nodes, next));
  });
}

/** Size of a grid of square cells that divides the input into this many tokens. */
function gridOf([, , height = 0, width = 0]: readonly number[], tokens: number) {
  const side = Math.sqrt((height * width) / tokens);
  const [rows, columns] = [height / side, width / side];
  return Number.isInteger(rows) && Number.isInteger(columns) ? { rows, columns } : null;
}

/** Attention of one head, or the mean of all heads, from one token's row in all heads. */
export function sharesOf(row: Float32Array, tokens: number, head: number | null): Float32Array {
  if (head !== null) return row.slice(head * tokens, (head + 1) * tokens);
  const heads = row.length / tokens;
  return Float32Array.from({ length: tokens }, (_, token) => {
    let sum = 0;
    for (let at = token; at < row.length; at += tokens) sum += row[at] ?? 0;
    return sum / heads;
  });
}

/** The most attended token, and its weight. */
export function strongest(shares: Float32Array, columns: number): Point & { share: number } {
  const at = shares.reduce((best, share, token) => (share > (shares[best] ?? 0) ? token : best), 0);
  return { x: at % columns, y: Math.floor(at / columns), share: shares[at] ?? 0 };
}
