/** What a page shows that is opened without settings: two networks that differ where one can see it. */

import { formatSettings, initialSettings, type Settings } from "./settings";

/** The network of the lecture, which enlarges last, and one that is trained as long and enlarges by its decoder. */
const LECTURE = "transposed-conv.lecture";
const OTHER = "pixel-shuffle";

/** Of the JPEG file that the small photo is saved as, as photos on the web are. */
const QUALITY = 90;

/** `wide`: there is room for the table, which holds the checkerboard meter. */
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

/** Whether what is shown is what the page opened with, so that words about it are true. */
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

/** The same settings for a person's own photo: what the page opened with was to show a difference, not chosen for it. */
export function forOwnPhoto(settings: Settings): Settings {
  if (!isOpening(settings)) return settings;
  return { ...settings, methods: [OTHER], left: null, tools: settings.tools.filter((tool) => tool !== "table") };
}
