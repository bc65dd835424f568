/** The build writes this module, for the networks in the package (`npm/build/models.mjs`). */

import type { Entry } from "./manifest.js";

/**
 * Entries with the addresses of their files; each in a function, so that a page's bundler can include them separately.
 */
export const bundled: readonly (Entry & { urls: Record<string, () => URL> })[];
