import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isFreeKey, setShortcuts } from "../../src/elements/keys";

class Plain {
  matches = (_controls: string) => false;
}
class Control extends Plain {
  override matches = () => true;
}
class Input extends Control {
  constructor(readonly type: string) {
    super();
  }
}
class Select extends Control {}
class Button extends Control {}
class Dialog {
  open = true;
}

const body = {};
let elements: object[] = [];
const owner = {} as Element;
const press = (key: string, path: object[], facts: object = {}) =>
  ({
    key,
    composedPath: () => path,
    defaultPrevented: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    ...facts,
  }) as unknown as KeyboardEvent;

beforeAll(() => {
  const classes = {
    Element: Plain,
    HTMLInputElement: Input,
    HTMLSelectElement: Select,
    HTMLButtonElement: Button,
    HTMLDialogElement: Dialog,
  };
  for (const [name, fake] of Object.entries({ ...classes, document: { body, querySelectorAll: () => elements } }))
    vi.stubGlobal(name, fake);
});
afterAll(() => {
  vi.unstubAllGlobals();
});

describe("a key", () => {
  it("is the page's on a radio or slider, unless it operates the control", () => {
    for (const type of ["radio", "checkbox", "range"]) {
      const path = [new Input(type), body];
      expect(isFreeKey(press("Escape", path), owner), type).toBe(true);
      for (const key of ["ArrowLeft", "Home", "PageDown", " ", "Enter"])
        expect(isFreeKey(press(key, path)), `${type} ${key}`).toBe(false);
    }
  });

  it("is not the page's in text fields, under a dialog, with a modifier, or if already handled", () => {
    for (const target of [new Input("text"), new Input("number"), new Select()])
      expect(isFreeKey(press("r", [target, body]))).toBe(false);
    expect(isFreeKey(press("r", [new Button(), new Dialog(), body]))).toBe(false);
    for (const facts of [{ ctrlKey: true }, { defaultPrevented: true }])
      expect(isFreeKey(press("r", [body], facts))).toBe(false);
    // The body has the focus once the focused button of a dialog is disabled.
    const dialog = { matches: (wanted: string) => wanted === "dialog:modal" };
    const holder = { matches: () => false, shadowRoot: { querySelectorAll: () => [dialog] } };
    for (const found of [dialog, holder]) {
      elements = [found];
      expect(isFreeKey(press("Escape", [body]))).toBe(false);
    }
    elements = [];
    expect(isFreeKey(press("Escape", [body]))).toBe(true);
  });

  it("of one character is a shortcut only if no control has the focus, and can be switched off", () => {
    const kept = new Map<string, string>();
    vi.stubGlobal("localStorage", {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    });
    for (const key of ["?", "r", "1", "+"]) {
      for (const target of [new Input("radio"), new Input("range"), new Button()])
        expect(isFreeKey(press(key, [target, body])), key).toBe(false);
      expect(isFreeKey(press(key, [body])), key).toBe(true);
      expect(isFreeKey(press(key, [new Plain(), body])), key).toBe(true);
    }
    setShortcuts(false);
    expect(isFreeKey(press("r", [body]))).toBe(false);
    for (const key of [" ", "Escape", "ArrowLeft"]) expect(isFreeKey(press(key, [body])), key).toBe(true);
    setShortcuts(true);
    expect(isFreeKey(press("r", [body]))).toBe(true);
  });

  it("that moves belongs to its owner, or nobody", () => {
    expect(isFreeKey(press("ArrowLeft", [body]), owner)).toBe(true);
    expect(isFreeKey(press("ArrowLeft", [new Button(), owner, body]), owner)).toBe(true);
    expect(isFreeKey(press("ArrowLeft", [{}, body]), owner)).toBe(false);
    expect(isFreeKey(press(" ", [new Button(), owner, body]), owner)).toBe(false);
  });
});
