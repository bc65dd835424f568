/** See `src/web/importer.js`, which the engine's own helpers start by as well. */
export function importer(script: string, from: string): string | undefined;
