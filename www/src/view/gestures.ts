/** Turns pointer and wheel events on one element into gestures: point, drag, click, pinch, zoom. */

import type { Point } from "./viewport";

export interface GestureHandlers {
  /** A mouse or pen moves over the element without pressing. */
  hover(at: Point): void;
  /** Not for touch: lifting a finger does not hide what it pointed at. */
  leave(): void;
  /** A pointer goes down, perhaps to drag; `touch`: a finger. */
  press(at: Point, touch: boolean): void;
  drag(at: Point, dx: number, dy: number): void;
  click(at: Point, touch: boolean): void;
  doubleClick(at: Point): void;
  /** Two fingers, or the wheel: scales by a factor around a point, and moves. */
  zoom(factor: number, at: Point, dx: number, dy: number): void;
}

/** Distance in pixels within which a press counts as a click. */
export const TREMBLE = 4;

export class Gestures {
  #element: HTMLElement;
  #handlers: GestureHandlers;
  #down = new Map<number, { from: Point; at: Point }>();
  #moved = false;

  constructor(element: HTMLElement, handlers: GestureHandlers) {
    this.#element = element;
    this.#handlers = handlers;
    element.addEventListener("pointerdown", (event) => this.#onDown(event));
    element.addEventListener("pointermove", (event) => this.#onMove(event));
    element.addEventListener("pointerup", (event) => this.#onUp(event));
    element.addEventListener("pointercancel", (event) => this.#down.delete(event.pointerId));
    element.addEventListener(
      "pointerleave",
      (event) => event.pointerType !== "touch" && this.#down.size === 0 && handlers.leave(),
    );
    element.addEventListener("dblclick", (event) => !isChoice(event) && handlers.doubleClick(this.#at(event)));
    element.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
  }

  #at(event: MouseEvent): Point {
    const { left, top } = this.#element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0 || isChoice(event)) return;
    this.#element.setPointerCapture(event.pointerId);
    const at = this.#at(event);
    if (this.#down.size === 0) {
      this.#moved = false;
      this.#handlers.press(at, event.pointerType === "touch");
    }
    this.#down.set(event.pointerId, { from: at, at });
  }

  #onMove(event: PointerEvent): void {
    const at = this.#at(event);
    const pointer = this.#down.get(event.pointerId);
    if (!pointer) {
      if (event.pointerType !== "touch" && !isChoice(event)) this.#handlers.hover(at);
      return;
    }
    const before = pointer.at;
    if (this.#down.size === 2) {
      const other = [...this.#down.entries()].find(([id]) => id !== event.pointerId)?.[1].at ?? before;
      pointer.at = at;
      this.#moved = true;
      const factor = distance(at, other) / Math.max(distance(before, other), 1);
      const center = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
      return this.#handlers.zoom(factor, center, (at.x - before.x) / 2, (at.y - before.y) / 2);
    }
    if (!this.#moved && distance(at, pointer.from) < TREMBLE) return;
    this.#moved = true;
    pointer.at = at;
    this.#handlers.drag(at, at.x - before.x, at.y - before.y);
  }

  #onUp(event: PointerEvent): void {
    if (!this.#down.delete(event.pointerId)) return;
    if (!this.#moved && this.#down.size === 0) this.#handlers.click(this.#at(event), event.pointerType === "touch");
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1);
    // A trackpad's pinch arrives as a wheel event with Ctrl, in much smaller steps.
    const speed = event.ctrlKey ? 0.01 : 0.0018;
    this.#handlers.zoom(Math.exp(-pixels * speed), this.#at(event), 0, 0);
  }
}

/** Whether the event belongs to a select element on top. */
function isChoice(event: Event): boolean {
  return event.composedPath().some((target) => (target as Partial<Element>).localName === "select");
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
