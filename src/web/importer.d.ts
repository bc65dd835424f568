/** See `importer.js`. */
export function started<T extends Worker>(start: () => T): T;
