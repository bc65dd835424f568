/** Conditions of an exercise, as in `data-expect`: "psnr > 30; chosen = pixel-shuffle". */

import type { Events } from "./protocol";

type Result = Events["result"];

const CONDITION = /^\s*([\w-]+)\s*(<=|>=|<|>|=)\s*(.+?)\s*$/;

/** The value of a name: of the chosen result, unless it concerns all of them. */
function namedValue(name: string, { task, chosen, results }: Result): string | number | null {
  const own = results.find(({ method }) => method === chosen);
  const named: Record<string, string | number | null> = { ...own, task, chosen, results: results.length };
  return named[name] ?? null;
}

/**
 * Whether every condition holds; null if the text is malformed.
 *
 * Numbers are compared numerically, anything else for equality.
 */
export function holds(text: string, result: Result): boolean | null {
  const conditions = text.split(";").filter((part) => part.trim() !== "");
  if (conditions.length === 0) return null;
  let all = true;
  for (const condition of conditions) {
    const [, name = "", operator = "", wanted = ""] = CONDITION.exec(condition) ?? [];
    if (!name) return null;
    const found = namedValue(name, result);
    const [a, b] = [Number(found), Number(wanted)];
    if (operator !== "=" && Number.isNaN(b)) return null;
    const told = found !== null && (operator === "=" ? String(found) === wanted || a === b : compare(operator, a, b));
    all &&= told;
  }
  return all;
}

function compare(operator: string, a: number, b: number): boolean {
  return { "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b }[operator] ?? false;
}
