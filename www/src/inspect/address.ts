/** The inspector's own state, beside the playground's settings: the content of a link to the inspector. */

import type { Point } from "../protocol";

export interface Look {
  /** Ids of methods; null: the playground's chosen one for `model`, none for `beside`. */
  model: string | null;
  beside: string | null;
  /** Name of a node, and the index of its output. */
  node: string | null;
  output: number;
  /** Edges that are cut, as the engine names them: `value>node`. */
  cut: string[];
  /** Center of the visible part, in pixels of the input; null: the input's center. */
  at: Point | null;
}

export const FIRST_LOOK: Look = { model: null, beside: null, node: null, output: 0, cut: [], at: null };

/** `settings`: the playground's, as in its address. */
export function formatLook(look: Look, settings: string): string {
  const query = new URLSearchParams(settings);
  if (look.model) query.set("model", look.model);
  if (look.beside) query.set("beside", look.beside);
  if (look.node) query.set("node", look.node);
  if (look.output) query.set("output", String(look.output));
  for (const edge of look.cut) query.append("cut", edge);
  if (look.at) query.set("at", `${look.at.x},${look.at.y}`);
  return query.toString().replaceAll("%2C", ",").replaceAll("%3E", ">");
}

export function parseLook(query: string): Look {
  const given = new URLSearchParams(query);
  const [, x, y] = /^(\d{1,6}),(\d{1,6})$/.exec(given.get("at") ?? "") ?? [];
  return {
    model: given.get("model") || null,
    beside: given.get("beside") || null,
    node: given.get("node") || null,
    output: given.get("output") === "1" ? 1 : 0,
    cut: [...new Set(given.getAll("cut"))].filter((edge) => edge.includes(">")).slice(0, 256),
    at: x && y ? { x: Number(x), y: Number(y) } : null,
  };
}
