/** The package's entry for Node: the same API, on the CPU. */

import { createModels, type Models } from "./models.js";
import { fetchAny } from "./node/files.js";
import { node } from "./node/platform.js";
import { createRestorer as create, type Restore, type RestorerOptions } from "./restorer.js";
import initialize from "./unet_playground.js";

export { RestoreError } from "./errors.js";
export * from "./unet_playground.js";

/** Compiles the engine, whose file is on disk. */
export default (options: Parameters<typeof initialize>[0] = {}) => initialize({ fetch: fetchAny, ...options });

export const createRestorer = (options?: RestorerOptions): Restore => create(node, options);

export const restore: Restore = createRestorer();

export const models: Models = createModels(node);
