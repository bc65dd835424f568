import { describe, expect, it, vi } from "vitest";
import { Gestures } from "../../src/view/gestures";

class Area extends EventTarget {
  setPointerCapture(): void {}
  getBoundingClientRect() {
    return { left: 10, top: 20 };
  }

  /** A browser's pointer events, one after another. */
  tell(pointerType: string, ...types: string[]): void {
    this.tellOf([this], pointerType, types);
  }

  /** The same, over a child of the element. */
  tellOf(path: object[], pointerType: string, types: string[]): void {
    const facts = { pointerType, pointerId: 1, button: 0, clientX: 110, clientY: 70, composedPath: () => path };
    for (const type of types) this.dispatchEvent(Object.assign(new Event(type), facts));
  }
}

function gestures() {
  const area = new Area();
  const handlers = {
    hover: vi.fn(),
    leave: vi.fn(),
    press: vi.fn(),
    drag: vi.fn(),
    click: vi.fn(),
    doubleClick: vi.fn(),
    zoom: vi.fn(),
  };
  new Gestures(area as unknown as HTMLElement, handlers);
  return { area, handlers };
}

describe("a touch", () => {
  it("still points at the tapped place after it ends", () => {
    const { area, handlers } = gestures();
    area.tell("touch", "pointerdown", "pointerup", "pointerleave");
    expect(handlers.click).toHaveBeenCalledWith({ x: 100, y: 50 }, true);
    expect(handlers.leave).not.toHaveBeenCalled();
  });
});

describe("a mouse", () => {
  it("points nowhere after it leaves, except during a drag", () => {
    const { area, handlers } = gestures();
    area.tell("mouse", "pointermove", "pointerdown", "pointerleave");
    expect(handlers.hover).toHaveBeenCalledTimes(1);
    expect(handlers.leave).not.toHaveBeenCalled();
    area.tell("mouse", "pointerup", "pointerleave");
    expect(handlers.leave).toHaveBeenCalledTimes(1);
  });
});

describe("a select on the element", () => {
  it("triggers no gesture", () => {
    const { area, handlers } = gestures();
    const path = [{ localName: "option" }, { localName: "select" }, { localName: "div" }, area];
    const all = ["pointermove", "pointerdown", "pointerup", "dblclick"];
    area.tellOf(path, "mouse", all);
    for (const handler of Object.values(handlers)) expect(handler).not.toHaveBeenCalled();
    area.tellOf(path.slice(2), "mouse", all);
    const { hover, press, click, doubleClick } = handlers;
    for (const handler of [hover, press, click, doubleClick]) expect(handler).toHaveBeenCalledTimes(1);
  });
});
