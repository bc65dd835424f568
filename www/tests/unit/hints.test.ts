import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Cut } from "../../src/app/cut";
import { formatHints, type Hint, hintsIn, MOST_HINTS, outOfCut, parseHints, valuesFor } from "../../src/app/hints";
import { formatSettings } from "../../src/app/settings";
import type { OptionalInput } from "../../src/engine";
import { browser, type FakeClient, file, idle, open, rested } from "../fake-client";

// The messages module reads the language on import.
vi.hoisted(() => vi.stubGlobal("navigator", { userAgent: "a browser", languages: ["en"], language: "en" }));

const SIZE = { width: 400, height: 200 };
const hint = (x: number, y: number, a = 10, b = 20): Hint => ({ x, y, a, b });

describe("color hints", () => {
  it("are limited to what an address can hold", () => {
    const many = Array.from({ length: MOST_HINTS + 5 }, (_, at) => hint(at / 100, 0.5));
    expect(parseHints(formatHints(many))).toEqual(many.slice(0, MOST_HINTS));
  });

  it("keep their place on the photo with any crop, mirroring and rotation", () => {
    const rect = { x: 100, y: 50, width: 200, height: 100 };
    for (const mirrored of [false, true]) {
      for (const quarters of [0, 1, 2, 3]) {
        const cut: Cut = { rect, quarters, mirrored };
        const [inside] = hintsIn([hint(0.3, 0.4)], cut, SIZE);
        if (!inside) throw new Error("it is in the part");
        const back = outOfCut(inside, cut, SIZE);
        expect(back.x).toBeCloseTo(0.3, 9);
        expect(back.y).toBeCloseTo(0.4, 9);
      }
    }
    // The pixel at (120, 80): 20 right of the crop's left edge, 30 below its top.
    const [turned] = hintsIn([hint(0.3, 0.4)], { rect, quarters: 1, mirrored: false }, SIZE);
    expect(turned).toMatchObject({ x: 1 - 0.3, y: 0.1 });
    const [mirrored] = hintsIn([hint(0.3, 0.4)], { rect, quarters: 0, mirrored: true }, SIZE);
    expect(mirrored).toMatchObject({ x: 0.9, y: 0.3 });
    expect(hintsIn([hint(0.1, 0.4), hint(0.3, 0.9)], { rect, quarters: 0, mirrored: false }, SIZE)).toEqual([]);
  });

  it("and numbers are passed to networks that take them, as pixels and within their range", () => {
    const optional: Record<string, OptionalInput> = {
      hints: { kind: "color-hints", likely: true },
      temperature: { kind: "number", range: [0.1, 1], default: 0.38 },
    };
    const told = { numbers: { temperature: 7, sigma: 3 }, sigma: null, hints: [hint(0.5, 1)] };
    expect(valuesFor(optional, told, SIZE)).toEqual({
      numbers: { temperature: 1 },
      hints: [{ x: 200, y: 199, a: 10, b: 20 }],
    });
    expect(valuesFor({}, told, SIZE)).toBeNull();
    expect(valuesFor(optional, { numbers: {}, sigma: 9, hints: [] }, SIZE)).toBeNull();
  });

  it("a noise level is passed to networks that take it, unless the engine estimates it", () => {
    const optional: Record<string, OptionalInput> = { sigma: { kind: "noise-level", range: [0, 50], default: 25 } };
    const told = { numbers: { sigma: 3 }, hints: [] };
    expect(valuesFor(optional, { ...told, sigma: 12 }, SIZE)?.numbers).toEqual({ sigma: 12 });
    expect(valuesFor(optional, { ...told, sigma: 75 }, SIZE)?.numbers).toEqual({ sigma: 50 });
    expect(valuesFor(optional, { ...told, sigma: null }, SIZE)).toBeNull();
  });
});

describe("a playground with a network that takes hints", () => {
  beforeEach(browser);

  const hints: Record<string, OptionalInput> = { hints: { kind: "color-hints", likely: true } };
  const ran = (client: FakeClient) => client.done.filter(({ call }) => call === "process").map(({ args }) => args);

  it("runs it again for every hint, and keeps the hints of other tasks", async () => {
    const { client, playground } = await open();
    client.optional = hints;
    playground.set({ methods: ["bilinear"], task: "deblur" });
    await rested();
    await idle(playground);
    client.done = [];
    playground.hint([hint(0.5, 0.5)]);
    await vi.waitFor(() => expect(ran(client)).toHaveLength(1));
    expect(ran(client)[0]).toMatchObject({ optional: { hints: [{ x: 4, y: 3, a: 10, b: 20 }] } });
    expect(formatSettings(playground.state.settings)).toContain("hints=0.5000,0.5000,10,20");
    playground.set({ strength: 0.5 });
    await rested();
    await idle(playground);
    expect(ran(client)).toHaveLength(1);
    expect(playground.state.settings.hints).toHaveLength(1);
  });

  for (const [asks, runs] of [
    [{}, 0],
    [{ sigma: { kind: "noise-level", range: [0, 50], default: 25 } }, 1],
  ] as const) {
    it(`runs it ${runs === 1 ? "again" : "no more"} for another noise level where it asks for ${runs === 1 ? "one" : "none"}`, async () => {
      const { client, playground } = await open();
      client.optional = { ...asks } as Record<string, OptionalInput>;
      playground.set({ methods: ["bilinear"], task: "deblur" });
      await rested();
      await idle(playground);
      client.done = [];
      playground.set({ sigma: 12 });
      await rested();
      await idle(playground);
      expect(ran(client)).toHaveLength(runs);
      if (runs === 1) expect(ran(client)[0]).toMatchObject({ optional: { numbers: { sigma: 12 } } });
    });
  }

  it("drops them with the photo", async () => {
    const { client, playground } = await open();
    client.optional = hints;
    playground.hint([hint(0.5, 0.5)]);
    await playground.openFiles([file("other.jpg")]);
    expect(playground.state.settings.hints).toEqual([]);
  });
});
