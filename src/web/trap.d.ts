/** See `trap.js`. */
export function isTrap(error: unknown): boolean;
