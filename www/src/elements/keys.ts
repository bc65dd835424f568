/** Keys that controls have a use for: they move and press. */
const CONTROLLING = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown", " ", "Enter"]);
/** Inputs that nothing is typed into. */
const UNTYPED = new Set(["radio", "checkbox", "range"]);

/**
 * Whether a key press is meant for the page: no modifier but Shift, and nothing else has a use for it. A key that
 * controls may use is free where the focus is nowhere in particular or inside `owner`, and not on such a control.
 */
export function isFreeKey(event: KeyboardEvent, owner?: Element): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const path = event.composedPath();
  const target = path[0];
  const controlling = CONTROLLING.has(event.key);
  if (target instanceof HTMLSelectElement) return false;
  if (target instanceof HTMLInputElement && (controlling || !UNTYPED.has(target.type))) return false;
  if (target instanceof HTMLButtonElement && (event.key === " " || event.key === "Enter")) return false;
  // A dialog just closed keeps the focus until the page is next drawn.
  if (path.some((node) => node instanceof HTMLDialogElement && node.open)) return false;
  return !controlling || target === document.body || owner === undefined || path.includes(owner);
}
