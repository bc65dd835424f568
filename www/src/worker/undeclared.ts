import type { Model } from "../engine";
import type { UndeclaredOutput } from "../protocol";

/** Side of the probe picture, if the file does not fix the size. */
const SIDE = 256;

/** The output of a model whose file does not declare its meaning; null if it does, or if a run will be refused. */
export function undeclaredOutput(model: Model): UndeclaredOutput | null {
  const [input] = model.inputs;
  const [output] = model.outputs;
  if (!input || !output || declaresColor(model.metadata.output)) return null;
  const [, second, third, fourth] = input.shape ?? [];
  const channelsLast = !isColors(second) && isColors(fourth); // N × H × W × C, as in Keras
  const [declared, height, width] = channelsLast ? [fourth, second, third] : [second, third, fourth];
  for (const channels of declared ? [declared] : [3, 1]) {
    try {
      const sides = [height ?? SIDE, width ?? SIDE];
      const { outputShape, nodes } = model.plan(channelsLast ? [1, ...sides, channels] : [1, channels, ...sides]);
      const made = outputShape.length === 4 ? outputShape[channelsLast ? 3 : 1] : undefined;
      const last = nodes.findLast(({ outputs }) => outputs.includes(output.name));
      if (made !== undefined) return { input: channels, output: made, operator: last?.op ?? "" };
    } catch {
      // Another number of channels may work; if none does, the run reports why.
    }
  }
  return null;
}

function isColors(channels: number | null | undefined): boolean {
  return channels === 1 || channels === 3;
}

/** Malformed entries count as declared: the engine reports what is wrong with them. */
function declaresColor(entry: string | undefined): boolean {
  if (entry === undefined) return false;
  try {
    const told: unknown = JSON.parse(entry);
    return typeof told === "object" && told !== null && "color" in told;
  } catch {
    return true;
  }
}
