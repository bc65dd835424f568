/** The classical methods that the engine offers (`crates/image/src/classical.rs`), with their ranges. */

import type { FilterSpec } from "../engine";
import offered from "../generated/classical.json";
import { type Control, isRange, type RangeControl } from "./degradation";

type Kind = FilterSpec["kind"];

interface Classical {
  usual: FilterSpec;
  controls: Control[];
}

const OFFERS = new Map((offered as Classical[]).map((offer) => [offer.usual.kind, offer]));

export function classicalOf(kind: Kind): Classical {
  const offer = OFFERS.get(kind);
  if (!offer) throw new Error(`the engine has no ${kind}`);
  return offer;
}

/** Standard deviation of the noise that a filter can remove, of 255. */
export const SIGMA = sigma();

function sigma(): RangeControl {
  const control = classicalOf("non-local-means").controls.find(({ name }) => name === "sigma");
  if (!control || !isRange(control)) throw new Error("non-local means have no range of sigma");
  return control;
}
