/** Color hints on the photo, and the colors that the network itself predicts at a place. */

import type { LikelyColor } from "../engine";
import type { Point } from "../protocol";
import { pixelAt } from "../view/viewport";
import type { Bench } from "./bench";
import { type Hint, hintsIn, MOST_HINTS, outOfCut, takesHints, valuesFor } from "./hints";
import type { Settings } from "./settings";
import type { ResultState, State } from "./state";

/** The result whose network takes hints, preferably the chosen one; undefined: none. */
export function hinted({ results, chosen }: State): ResultState | undefined {
  const takes = results.filter(({ optional }) => takesHints(optional));
  return takes.find(({ id }) => id === chosen) ?? takes[0];
}

/** The hints within the crop. */
export function shownHints({ settings, photo }: State): Hint[] {
  return photo ? hintsIn(settings.hints, settings.cut, photo.size) : [];
}

/** The settings' hints with those inside the crop replaced by `shown`. */
export function withHints({ settings, photo }: State, shown: readonly Hint[]): Settings["hints"] {
  if (!photo) return settings.hints;
  const { hints, cut } = settings;
  const others = hints.filter((hint) => hintsIn([hint], cut, photo.size).length === 0);
  return [...others, ...shown.map((hint) => ({ ...hint, ...outOfCut(hint, cut, photo.size) }))].slice(0, MOST_HINTS);
}

/** The colors that the network finds likely at a place in the crop, given the other hints. */
export async function likelyColors(
  bench: Bench,
  state: State,
  at: Point,
  hints: readonly Hint[],
  signal: AbortSignal,
): Promise<LikelyColor[]> {
  const { input, settings } = state;
  const result = hinted(state);
  if (!input || !result) return [];
  const { size } = input.layer;
  for (const stage of result.method.stages) {
    if (stage.kind === "filter") continue;
    const { id: model, optional: inputs } = await bench.model(stage, signal);
    if (!Object.values(inputs).some((one) => one.kind === "color-hints" && one.likely)) continue;
    const optional = valuesFor(inputs, { numbers: settings.numbers, sigma: settings.sigma, hints }, size);
    return bench.client.call(
      "likelyColors",
      { picture: input.picture, model, at: pixelAt(at, size), optional },
      { signal },
    );
  }
  return [];
}
