/** The package's entry for browsers. */

import { browser } from "./browser.js";
import { createModels, type Models } from "./models.js";
import { createRestorer as create, type Restore, type RestorerOptions } from "./restorer.js";

export { type ErrorCode, RestoreError } from "./errors.js";
export type { ModelInfo, Models } from "./models.js";
export type { WorkerLike } from "./platform.js";
export type { Restore, RestorerOptions } from "./restorer.js";
export type * from "./types.js";
export * from "./unet_playground.js";
export { default } from "./unet_playground.js";

/** Creates a restorer with its own worker, and default options for all its calls. */
export function createRestorer(options?: RestorerOptions): Restore {
  return create(browser, options);
}

/** Restores a picture: `await restore(file, { task: "denoise" })`. */
export const restore: Restore = createRestorer();

/** The available networks. */
export const models: Models = createModels(browser);
