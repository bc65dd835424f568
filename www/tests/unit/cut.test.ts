import { describe, expect, it, vi } from "vitest";
import {
  type Cut,
  cutOf,
  cutSize,
  dragged,
  type Framed,
  flipped,
  formatCut,
  framed,
  isWhole,
  parseCut,
  turned,
  wholeOf,
} from "../../src/app/cut";
import { proposalOf } from "../../src/app/proposal";
import { largest, reducedSize, resultSize, unscored } from "../../src/app/size";
import { initialState, type State } from "../../src/app/state";
import { factsOf, TASKS } from "../../src/app/tasks";

// The messages module reads the language on import.
vi.hoisted(() => vi.stubGlobal("navigator", { languages: ["en"], language: "en" }));

/** The crop of a photo, the size of its result, and proposals: plain numbers. */

const photo = { width: 300, height: 200 };
const cut = (quarters: number, mirrored: boolean): Cut => ({
  rect: { x: 10, y: 20, width: 100, height: 50 },
  quarters,
  mirrored,
});

/** Displayed position of a photo's point, from the definitions of mirroring and rotation. */
function seen([x, y]: [number, number], { quarters, mirrored }: Framed): [number, number] {
  let [at, size]: [[number, number], { width: number; height: number }] = [
    mirrored ? [photo.width - x, y] : [x, y],
    photo,
  ];
  for (let turn = 0; turn < quarters; turn++) {
    at = [size.height - at[1], at[0]];
    size = { width: size.height, height: size.width };
  }
  return at;
}

describe("a crop", () => {
  it("maps pixels correctly, and round-trips, with any rotation and mirroring", () => {
    for (const mirrored of [false, true]) {
      for (const quarters of [0, 1, 2, 3]) {
        const one = cut(quarters, mirrored);
        const now = framed(one, photo);
        const corners = (
          [
            [10, 20],
            [110, 70],
          ] as [number, number][]
        ).map((corner) => seen(corner, now));
        expect(now.frame.x).toBe(Math.min(...corners.map(([x]) => x)));
        expect(now.frame.y).toBe(Math.min(...corners.map(([, y]) => y)));
        expect(cutOf(now, photo)).toEqual(one);
        expect(cutSize(one)).toEqual({ width: now.frame.width, height: now.frame.height });
      }
    }
  });

  it("keeps the content of its frame when rotated or mirrored", () => {
    for (const mirrored of [false, true]) {
      for (const quarters of [0, 1, 2, 3]) {
        const now = framed(cut(quarters, mirrored), photo);
        for (const then of [turned(now, photo), flipped(now, photo)])
          expect(cutOf(then, photo).rect).toEqual(cut(0, false).rect);
        expect(flipped(flipped(now, photo), photo)).toEqual(now);
        expect(turned(turned(turned(turned(now, photo), photo), photo), photo)).toEqual(now);
      }
    }
    // Mirrored as displayed: for a photo on its side, top and bottom are swapped.
    const side = flipped(turned(framed(wholeOf(photo), photo), photo), photo);
    expect(side).toMatchObject({ quarters: 3, mirrored: true });
  });

  it("can be moved and resized within the photo, and is never empty", () => {
    const frame = { x: 10, y: 20, width: 100, height: 50 };
    expect(dragged(frame, { x: 0, y: 0 }, 500, -500, photo)).toEqual({ x: 200, y: 0, width: 100, height: 50 });
    expect(dragged(frame, { x: -1, y: 0 }, 500, 9, photo)).toEqual({ x: 109, y: 20, width: 1, height: 50 });
    expect(dragged(frame, { x: 1, y: 1 }, 500.4, 10.4, photo)).toEqual({ x: 10, y: 20, width: 290, height: 60 });
  });

  it("round-trips through an address", () => {
    expect(parseCut(formatCut(cut(3, true)))).toEqual(cut(3, true));
    for (const wrong of [
      null,
      "",
      "1,2,3",
      "0,0,0,5,0,0",
      "0,0,5,5,4,0",
      "0,0,5,5,0,2",
      "a,0,5,5,0,0",
      "-1,0,5,5,0,0",
      "0,0,5.5,5,0,0",
    ])
      expect(parseCut(wrong), String(wrong)).toBeNull();
    expect(isWhole(wholeOf(photo), photo)).toBe(true);
    expect(isWhole({ ...wholeOf(photo), quarters: 2 }, photo)).toBe(false);
  });
});

describe("the size of a result", () => {
  const twice = factsOf("super-resolve-x2");
  it("is the user's choice where photos are enlarged", () => {
    expect(resultSize(twice, { mode: "apply", enlarge: 2.5 }, { width: 451, height: 300 })).toEqual({
      width: 1128,
      height: 750,
    });
    expect(resultSize(twice, { mode: "apply", enlarge: 99 }, photo)).toEqual({
      width: 300 * largest(twice),
      height: 200 * largest(twice),
    });
    expect(resultSize(factsOf("denoise"), { mode: "apply", enlarge: 2.5 }, photo)).toEqual(photo);
    for (const width of [1200, 1920, 3839]) {
      const factor = Number((width / 963).toFixed(6));
      expect(
        resultSize(factsOf("super-resolve-x4"), { mode: "apply", enlarge: factor }, { width: 963, height: 541 }).width,
      ).toBe(width);
    }
  });

  it("is the photo's own in a test, which downscales the photo by the same factor first", () => {
    const odd = { width: 451, height: 300 };
    const reduced = (enlarge: number | null, task = twice) => reducedSize(task, { mode: "test", enlarge }, odd);
    expect(reduced(3)).toEqual({ width: 150, height: 100 });
    expect(reduced(1.5)).toEqual({ width: 301, height: 200 });
    expect(reduced(1), "without downscaling there is nothing to score").toEqual({ width: 410, height: 273 });
    for (const scale of [null, 2]) expect(reduced(scale), "as papers do").toBeNull();
    expect(reduced(3, factsOf("denoise"))).toBeNull();
    expect(unscored(twice, { mode: "test", enlarge: 2.1 })).toBe(3);
    expect(unscored(twice, { mode: "test", enlarge: null })).toBe(2);
    expect(unscored(factsOf("denoise"), { mode: "test", enlarge: null })).toBe(0);
  });
});

describe("a proposal", () => {
  const state = (look: State["look"], task: string): State => ({
    ...initialState(),
    look,
    task: factsOf(task),
    tasks: [...TASKS],
    photo: { name: "a.png", size: photo, located: false, transparent: false, lossy: false, lines: false },
  });
  it("fits the photo's need, unless that task is already chosen", () => {
    expect(proposalOf(state({ need: "colors", after: null }, "denoise"))).toEqual({ task: "colorize", why: "colors" });
    expect(proposalOf(state({ need: "four-times-the-size", after: null }, "denoise"))).toEqual({
      task: "super-resolve-x4",
      why: "four-times-the-size",
    });
    expect(proposalOf(state({ need: "less-noise", after: null }, "denoise"))).toBeNull();
    expect(proposalOf(state({ need: "twice-the-size", after: null }, "super-resolve-x4"))).toBeNull();
    expect(proposalOf(state({ need: null, after: null }, "denoise"))).toBeNull();
    expect(proposalOf({ ...state({ need: "colors", after: null }, "denoise"), tasks: [] })).toBeNull();
  });
  it("differs from the task that just ran", () => {
    for (const { id } of TASKS) {
      for (const need of [null, "colors", "less-noise", "twice-the-size", "four-times-the-size"] as const) {
        const proposal = proposalOf(state({ need, after: id }, id));
        expect(proposal, `${id} ${need}`).not.toBeNull();
        expect(proposal?.task).not.toBe(id);
      }
    }
  });
});
