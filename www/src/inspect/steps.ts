/** Arrow-key navigation in a drawn network: right with the data, left against it, up and down by position. */

import type { Graph } from "./graph";
import type { Layout } from "./layout";

export function step({ boxes, edges }: Graph, layout: Layout, from: number, key: string): number | null {
  const main = edges.filter(({ skip, indices }) => !skip && !indices);
  if (key === "Home") return 0;
  if (key === "End") return boxes.length - 1;
  if (key === "ArrowRight")
    return (main.find((edge) => edge.from === from) ?? edges.find((edge) => edge.from === from))?.to ?? null;
  if (key === "ArrowLeft")
    return (main.find((edge) => edge.to === from) ?? edges.find((edge) => edge.to === from))?.from ?? null;
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const here = layout.boxes[from];
  if (!here) return null;
  const way = key === "ArrowDown" ? 1 : -1;
  let best: number | null = null;
  let nearest = Number.POSITIVE_INFINITY;
  for (const [at, { x, y }] of layout.boxes.entries()) {
    const along = (y - here.y) * way;
    const far = along + 2 * Math.abs(x - here.x);
    if (along > 4 && far < nearest) [best, nearest] = [at, far];
  }
  return best;
}
