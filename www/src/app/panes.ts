/** Names and captions of the pictures that can be compared. */

import { FOR_COMPRESSED } from "../../../npm/src/manifest";
import { decibels, duration, hasMessage, language, share, t } from "../i18n";
import type { Layer } from "../view/layer";
import type { Method } from "./catalogue";
import { isReference } from "./measuring";
import { type Row, winners } from "./ranking";
import { isDegraded, isMasked, isUnchanged, type ResultState, type State } from "./state";

export interface Pane {
  /** `input`, `original`, or a method's id. */
  id: string;
  name: string;
  /** The score in short; may be empty. */
  caption: string;
  /** Its run time; may be empty. */
  time: string;
  wins: "best" | "tie" | null;
  layer: Layer | null;
  difference: Layer | null;
  /** Whether the whole picture has been computed; until then the dimmed input shows through. */
  complete: boolean;
  picture: number | null;
  /** The error as a sentence. */
  failure: string;
}

/** A method's full name: "U-Net · bilinear", "Bicubic (no network)", or the name of an own file. */
export function methodName(method: Method): string {
  const label = methodLabel(method);
  switch (method.kind) {
    case "own":
      return label;
    case "baseline":
      return t("method.baseline", { name: label });
    case "network": {
      const family = `family.${method.family}`;
      // In mid-sentence; names such as DnCNN keep their case.
      const isName = /^\S+\p{Lu}/u.test(label);
      const strategy = isName ? label : label.charAt(0).toLocaleLowerCase(language()) + label.slice(1);
      return t("method.network", { family: hasMessage(family) ? t(family) : method.family, strategy });
    }
  }
}

/** What distinguishes a method from others of its kind: its upsampling, or its filter. */
export function methodLabel({ kind, survey, name, variant }: Method): string {
  if (kind === "own") return name;
  const key = kind === "baseline" ? `baseline.${name}` : survey ? `design.${name}` : `strategy.${name}`;
  const called = hasMessage(key) ? t(key) : name;
  if (!variant) return called;
  const other = `variant.${variant}`;
  return t("strategy.variant", { strategy: called, variant: hasMessage(other) ? t(other) : variant });
}

/** The same without the kind of photos that the networks are for, where that is stated once for all of them. */
export function briefLabel(method: Method): string {
  return methodLabel(method.variant === FOR_COMPRESSED ? { ...method, variant: "" } : method);
}

export function describePanes(state: State): Pane[] {
  const { input, original, results } = state;
  const best = winners(rows(state));
  const plain = { time: "", wins: null, difference: null, complete: true, failure: "" };
  return [
    ...(input
      ? [
          {
            ...plain,
            id: "input",
            name: inputName(state),
            caption: isUnchanged(state) ? t("result.unchanged") : input.scores ? decibels(input.scores.psnr) : "",
            layer: input.layer,
            picture: input.picture,
          },
        ]
      : []),
    ...results.map((result) => describe(result, best, state)),
    ...(original
      ? [
          {
            ...plain,
            id: "original",
            name: t(isMasked(state) ? "compare.mask" : "compare.original"),
            caption: "",
            layer: original.layer,
            picture: original.picture,
          },
        ]
      : []),
  ];
}

/** The name of the methods' input: in a test, that of its degradation. */
export function inputName(state: State): string {
  return isDegraded(state) ? t(`degrade.${state.settings.degradation.kind}`) : t("compare.before");
}

/** The rows of the table. */
export function rows({ results }: State): Row[] {
  return results.map(({ id, scores, agreement, milliseconds, checkerboard, method }) => {
    const parameters = method.kind === "network" ? method.parameters : null;
    return { id, scores, agreement, milliseconds, checkerboard, parameters };
  });
}

function describe(result: ResultState, best: string[], { settings, against, notice, results }: State): Pane {
  const { id, method, layer, difference, picture, scores, agreement, milliseconds, failure, status } = result;
  const overlap = agreement?.meanIou ?? null;
  const score = overlap !== null ? t("result.iou", { share: share(overlap) }) : scores ? decibels(scores.psnr) : "";
  const done = status === "done";
  const compares = settings.tools.includes("difference") && against === "bicubic";
  const missing = status === "stopped" && !layer ? t("result.missing") : "";
  const isTold = failure === notice && results.length === 1; // with several results, the pane says which one failed
  const pending = !layer && (status === "waiting" || status === "running") ? t(`result.${status}`) : "";
  return {
    id,
    name: methodName(method),
    caption: compares && isReference(method) ? t("difference.reference") : done ? score : pending,
    time: done && milliseconds !== null ? duration(milliseconds) : "",
    wins: best.includes(id) ? (best.length > 1 ? "tie" : "best") : null,
    layer,
    difference,
    complete: picture !== null,
    picture,
    failure: !failure ? missing : isTold ? "" : t(failure.message, failure.params),
  };
}
