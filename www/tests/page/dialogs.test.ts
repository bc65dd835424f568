import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { bring } from "./browser";
import { FakePage } from "./fake-page";

const at = new FakePage();

const press = (name: string) => (page: Page) => page.getByRole("button", { name, exact: true }).click();
/** A network that says nothing of its output: two channels that a sigmoid has made. */
const network = (name: string) => ({ name, bytes: new Uint8Array([1, 80, 0, 0, 1, 1, 0, 0]) });

/** How to open each dialog, by the button that completes it. */
const DIALOGS: [string, ...((page: Page) => Promise<unknown>)[]][] = [
  ["Use it", (page) => bring(page, "drop", [network("student.onnx")])],
  ["Use it", (page) => bring(page, "drop", [network("one.onnx"), network("two.onnx")])],
  ["Save", press("More ways to save"), press("Save as another format")],
  ["Use this part", press("Crop and rotate")],
  ["Done", (page) => page.getByRole("radio", { name: "Edges to scene" }).check(), press("Draw")],
  ["Take it", press("Take a picture")],
  ["Copy the code", press("Share or embed")],
];

/** The lower one is a page that is enlarged to 400 %. */
const LOW = [
  { width: 700, height: 500 },
  { width: 640, height: 256 },
];

describe("the buttons of a dialog", () => {
  for (const [button, ...steps] of DIALOGS) {
    it(`are whole and in sight wherever it is scrolled to: ${button}`, async () => {
      const page = await at.open({ viewport: { width: 1280, height: 800 }, permissions: ["camera"] });
      for (const step of steps) await step(page);
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      for (const viewport of LOW) {
        await page.setViewportSize(viewport);
        for (const name of [button, "Close"]) {
          const found = dialog.getByRole("button", { name, exact: true });
          for (const end of [0, 1]) {
            await dialog.evaluate((each, end) => {
              each.scrollTop = end * each.scrollHeight;
            }, end);
            expect(await found.evaluate(uncovered), `${name}, scrolled to ${end}`).toBe(true);
          }
        }
      }
    });
  }
});

describe("the edges of a dialog", () => {
  for (const [button, ...steps] of [...DIALOGS, ["Close", press("Keyboard and mouse")] as (typeof DIALOGS)[number]]) {
    it(`fade over nothing that is scrolled to its end: ${button}`, async () => {
      const page = await at.open({ viewport: { width: 1440, height: 900 }, permissions: ["camera"] });
      for (const step of steps) await step(page);
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      const gaps = await dialog.evaluate((each) => {
        const side = (of: Element | null | undefined, edge: "top" | "bottom") => of?.getBoundingClientRect()[edge] ?? 0;
        const fade = (of: Element, part: string) => Number.parseFloat(getComputedStyle(of, part).height);
        const [head, foot] = [each.querySelector(".head"), each.querySelector(".foot")];
        each.scrollTop = 0;
        const above = head ? side(head.nextElementSibling, "top") - side(head, "bottom") - fade(head, "::after") : 0;
        each.scrollTop = each.scrollHeight;
        const below = foot
          ? side(foot, "top") - side(foot.previousElementSibling, "bottom") - fade(foot, "::before")
          : 0;
        return [above, below];
      });
      expect(Math.min(...gaps), String(gaps)).toBeGreaterThan(-0.5);
      const ring = await dialog.evaluate((each) => {
        const close = each.querySelector<HTMLElement>(".head button");
        const below = (of: Element | null) => of?.getBoundingClientRect().bottom ?? 0;
        close?.focus({ focusVisible: true } as FocusOptions);
        const { outlineWidth, outlineOffset } = close ? getComputedStyle(close) : {};
        const wide = Number.parseFloat(outlineWidth ?? "") + Number.parseFloat(outlineOffset ?? "");
        return [wide, below(each.querySelector(".head")) - below(close)];
      });
      expect(ring[1], "room for the ring of its focus").toBeGreaterThanOrEqual(ring[0] ?? Infinity);
    });
  }
});

/** Whether an element can be pressed anywhere: nothing covers its corners, and none is out of sight. */
function uncovered(element: Element): boolean {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const inset = 4; // corners are round
  const root = element.getRootNode() as ShadowRoot;
  return [
    [left + inset, top + inset],
    [right - inset, top + inset],
    [left + inset, bottom - inset],
    [right - inset, bottom - inset],
  ].every(([x = 0, y = 0]) => element.contains(root.elementFromPoint(x, y)));
}
