/** After a trap or a stack overflow the module is in an unknown state: whoever owns the worker replaces it. */
export function isTrap(error) {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}
