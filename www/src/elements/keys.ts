/** Keys that controls use for moving and pressing. */
const CONTROLLING = new Set([
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "Home",
  "End",
  "PageUp",
  "PageDown",
  " ",
  "Enter",
]);
/** Types of inputs without text entry. */
const UNTYPED = new Set(["radio", "checkbox", "range"]);
const CONTROLS = "input, select, textarea, button, a[href], summary, [role=slider], [contenteditable]";

const STORED = "shortcuts";

/** Whether single characters are shortcuts; the user can switch them off (WCAG 2.1.4). */
export function hasShortcuts(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

export function setShortcuts(on: boolean): void {
  try {
    localStorage.setItem(STORED, on ? "on" : "off");
  } catch {
    // Storage is forbidden: they stay on.
  }
}

/**
 * Whether a key press is meant for the page: no modifier but Shift, and no other use. A key that controls may use is
 * free if the focus is on no element, or inside `owner` and not on such a control. A character is a shortcut only while
 * shortcuts are on and no control has the focus.
 */
export function isFreeKey(event: KeyboardEvent, owner?: Element): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const path = event.composedPath();
  const target = path[0];
  const controlling = CONTROLLING.has(event.key);
  if (event.key.length === 1 && event.key !== " " && !isShortcut(target)) return false;
  if (target instanceof HTMLSelectElement) return false;
  if (target instanceof HTMLInputElement && (controlling || !UNTYPED.has(target.type))) return false;
  if (target instanceof HTMLButtonElement && (event.key === " " || event.key === "Enter")) return false;
  // A dialog that was just closed keeps the focus until the next frame.
  if (path.some((node) => node instanceof HTMLDialogElement && node.open)) return false;
  if (target === document.body && hasModal(document)) return false; // its focused button was disabled
  return !controlling || target === document.body || owner === undefined || path.includes(owner);
}

function hasModal(root: ParentNode): boolean {
  const holds = (node: Element) => node.matches("dialog:modal") || (node.shadowRoot && hasModal(node.shadowRoot));
  return [...root.querySelectorAll("*")].some(holds);
}

function isShortcut(target: EventTarget | undefined): boolean {
  return hasShortcuts() && !(target instanceof Element && target.matches(CONTROLS));
}
