/** Attention in a network: which of its values say how much each place of the picture looks at each other one. */

import type { InspectedNode } from "../inspection";
import type { InspectionInfo, Point } from "../protocol";

export interface Attention {
  /** Of the node. */
  name: string;
  /** Heads × tokens × tokens: each row of a head is one token's shares of all, which sum to 1. */
  value: string;
  /** Of the grid of tokens that lies over the picture, row by row. */
  rows: number;
  columns: number;
}

/** They move numbers on their way from the softmax to the product with the values. */
const MOVERS = new Set(["Transpose", "Reshape", "Identity", "Dropout", "Cast", "Squeeze", "Unsqueeze"]);

/** Those whose tokens are the cells of a grid over the whole input, as they are where every place attends to every other. */
export function attentionsOf({ nodes, shape }: Pick<InspectionInfo, "nodes" | "shape">): Attention[] {
  return nodes.flatMap((node) => {
    const [queries = 0, keys = 0] = node.shape.slice(-2);
    const value = node.outputs[0];
    if (node.op !== "Softmax" || value === undefined || queries !== keys || !weighs(nodes, value)) return [];
    const grid = gridOf(shape, keys);
    return grid ? [{ name: node.name, value, ...grid }] : [];
  });
}

/** Whether a matrix product reads the value: classes, too, come out of a softmax. */
function weighs(nodes: readonly InspectedNode[], value: string): boolean {
  return nodes.some(({ op, inputs, outputs: [next] }) => {
    if (!inputs.includes(value)) return false;
    return op === "MatMul" || (MOVERS.has(op) && next !== undefined && weighs(nodes, next));
  });
}

/** Square cells that divide the input into so many tokens. */
function gridOf([, , height = 0, width = 0]: readonly number[], tokens: number) {
  const side = Math.sqrt((height * width) / tokens);
  const [rows, columns] = [height / side, width / side];
  return Number.isInteger(rows) && Number.isInteger(columns) ? { rows, columns } : null;
}

/** The shares of one head, or the mean of all, of what one token gave of all heads one after the other. */
export function sharesOf(row: Float32Array, tokens: number, head: number | null): Float32Array {
  if (head !== null) return row.slice(head * tokens, (head + 1) * tokens);
  const heads = row.length / tokens;
  return Float32Array.from({ length: tokens }, (_, token) => {
    let sum = 0;
    for (let at = token; at < row.length; at += tokens) sum += row[at] ?? 0;
    return sum / heads;
  });
}

/** The token that is looked at most, and its share. */
export function strongest(shares: Float32Array, columns: number): Point & { share: number } {
  const at = shares.reduce((best, share, token) => (share > (shares[best] ?? 0) ? token : best), 0);
  return { x: at % columns, y: Math.floor(at / columns), share: shares[at] ?? 0 };
}
