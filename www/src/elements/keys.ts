/**
 * Whether a key press is meant for the page: no modifier but Shift, and the focus is nowhere in particular or
 * inside `owner`, so that typing and the keys of other controls are left alone.
 */
export function isFreeKey(event: KeyboardEvent, owner?: Element): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const path = event.composedPath();
  const target = path[0];
  if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return false;
  if (target instanceof HTMLButtonElement && (event.key === " " || event.key === "Enter")) return false;
  // A dialog just closed keeps the focus until the page is next drawn.
  if (path.some((node) => node instanceof HTMLDialogElement && node.open)) return false;
  return target === document.body || owner === undefined || path.includes(owner);
}
