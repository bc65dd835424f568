/** What the page shows when opened without settings: two networks with a visible difference. */

import { formatSettings, initialSettings, type Settings } from "./settings";

/** The lecture's network, which enlarges last, and one trained equally long that enlarges in its decoder. */
const LECTURE = "transposed-conv.lecture";
const OTHER = "pixel-shuffle";

/** JPEG quality of the small photo, typical of the web. */
const QUALITY = 90;

/** `wide`: there is room for the table with the checkerboard measure. */
export function opening(wide: boolean): Settings {
  const usual = initialSettings();
  return {
    ...usual,
    degradation: { ...usual.degradation, saved: QUALITY },
    task: "super-resolve-x2",
    methods: [OTHER, LECTURE],
    chosen: OTHER,
    left: LECTURE,
    sample: "astronaut",
    tools: wide ? ["table"] : [],
  };
}

export function openingQuery(wide: boolean): string {
  return formatSettings(opening(wide));
}

/** Whether the page still shows its opening comparison, which the welcome sentence describes. */
export function isOpening({ task, methods, sample, mode, left, layout }: Settings): boolean {
  const first = opening(false);
  return (
    task === first.task &&
    sample === first.sample &&
    mode === first.mode &&
    left === first.left &&
    layout === first.layout &&
    methods.join() === first.methods.join()
  );
}

/** The same settings for the user's own photo, without those of the opening comparison. */
export function forOwnPhoto(settings: Settings): Settings {
  if (!isOpening(settings)) return settings;
  return { ...settings, methods: [OTHER], left: null, tools: settings.tools.filter((tool) => tool !== "table") };
}
