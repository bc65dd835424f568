/** What the build writes of the networks that travel in the package (`npm/build/models.mjs`). */

import type { Entry } from "./manifest.js";

/** Entries, and the addresses of their files; each in a function, for its file may be in the bundle of somebody's page. */
export const bundled: readonly (Entry & { urls: Record<string, () => URL> })[];
