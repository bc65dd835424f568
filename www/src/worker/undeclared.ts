import type { Model } from "../engine";
import type { UndeclaredOutput } from "../protocol";

/** Side of the picture that tells the channels, where the file does not fix one. */
const SIDE = 256;

/** What comes out of a model whose file does not say what it is; null where it does, or where a run will be refused. */
export function undeclaredOutput(model: Model): UndeclaredOutput | null {
  const [input] = model.inputs;
  const [output] = model.outputs;
  if (!input || !output || declaresColor(model.metadata.output)) return null;
  const [, second, third, fourth] = input.shape ?? [];
  const channelsLast = !isColors(second) && isColors(fourth); // N × H × W × C, as Keras has it
  const [declared, height, width] = channelsLast ? [fourth, second, third] : [second, third, fourth];
  for (const channels of declared ? [declared] : [3, 1]) {
    try {
      const sides = [height ?? SIDE, width ?? SIDE];
      const { outputShape, nodes } = model.plan(channelsLast ? [1, ...sides, channels] : [1, channels, ...sides]);
      const made = outputShape.length === 4 ? outputShape[channelsLast ? 3 : 1] : undefined;
      const last = nodes.findLast(({ outputs }) => outputs.includes(output.name));
      if (made !== undefined) return { input: channels, output: made, operator: last?.op ?? "" };
    } catch {
      // Another number of channels may do; where none does, the run tells why.
    }
  }
  return null;
}

function isColors(channels: number | null | undefined): boolean {
  return channels === 1 || channels === 3;
}

/** Entries that cannot be read count as well: the engine tells what is wrong with them. */
function declaresColor(entry: string | undefined): boolean {
  if (entry === undefined) return false;
  try {
    const told: unknown = JSON.parse(entry);
    return typeof told === "object" && told !== null && "color" in told;
  } catch {
    return true;
  }
}
