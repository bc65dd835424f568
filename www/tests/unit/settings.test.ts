import { describe, expect, it } from "vitest";
import {
  carried,
  degradations,
  fitting,
  formatDegradation,
  isRange,
  offerOf,
  parseDegradation,
  usual,
} from "../../src/app/degradation";
import { formatSettings, initialSettings, parseSettings, type Settings } from "../../src/app/settings";
import { factsOf, TASKS } from "../../src/app/tasks";
import en from "../../src/i18n/en.json";

describe("settings in the address", () => {
  it("round-trip, all of them", () => {
    const settings: Settings = {
      task: "deblur",
      methods: ["bilinear", "unsharp-filter"],
      chosen: "unsharp-filter",
      mode: "test",
      degradation: { kind: "motion", values: { length: 12, angle: 45 }, seed: 7, saved: 85 },
      strength: 0.6,
      saturation: 1.25,
      sigma: 12,
      enlarge: 2.5,
      labels: "cutout",
      classes: ["pet", "person"],
      backend: "cpu",
      source: "compressed",
      layout: "grid",
      left: "original",
      tools: ["difference", "probe", "table"],
      sample: "coffee",
      cut: { rect: { x: 10, y: 20, width: 300, height: 200 }, quarters: 3, mirrored: true },
      hints: [
        { x: 0.25, y: 0.5, a: 40, b: -20 },
        { x: 0.9, y: 0, a: -128, b: 128 },
      ],
      numbers: { temperature: 0.5, sigma: 12 },
      without: [],
    };
    expect(parseSettings(formatSettings(settings))).toEqual(settings);
    const chained = { ...settings, task: "old-photo", without: ["autocontrast", "super-resolve-x2"] };
    expect(parseSettings(formatSettings(chained)).without).toEqual(chained.without);
    expect(formatSettings({ ...chained, task: "denoise" })).not.toContain("without");
    const none = "task=old-photo&without=repair,autocontrast,colorize,super-resolve-x2";
    expect(parseSettings(none).without, "the last one stays").toEqual(["repair", "autocontrast", "colorize"]);
    expect(parseSettings("task=old-photo&without=fog,colorize").without, "steps that there are").toEqual(["colorize"]);
    const own = { ...settings, sample: null };
    expect(parseSettings(formatSettings(own))).toEqual(own);
    expect(parseSettings(formatSettings(initialSettings()))).toEqual(initialSettings());
  });

  it("are readable, and omit defaults", () => {
    const address = formatSettings({ ...initialSettings(), methods: ["nearest", "bilinear"] });
    expect(address).toBe("task=denoise&with=nearest,bilinear&mode=test&degrade=gaussian-noise,35,1&picture=chelsea");
  });

  it("open photos scored by a mask as they are, by default", () => {
    const mode = (query: string) => parseSettings(query).mode;
    expect(["", "task=segment", "task=segment&mode=test"].map(mode)).toEqual(["test", "apply", "test"]);
  });

  it("fall back to defaults if malformed", () => {
    const first = initialSettings();
    expect(parseSettings("")).toEqual(first);
    expect(
      parseSettings("mode=no&backend=tpu&layout=pile&tools=hammer&degrade=fire,9&strength=x&picture=nobody"),
    ).toEqual(first);
    expect(parseSettings("cut=1,2,0,4,0,0&size=x")).toMatchObject({ cut: null, enlarge: 1 });
    expect(parseSettings("hints=2,0,1,1;0.1,0.1,200,0;0.1,x;,&tell=a,b:,c:x")).toEqual(first);
    expect(parseSettings("strength=7&saturation=-1")).toMatchObject({ strength: 1, saturation: 0 });
    expect([parseSettings("sigma=0").sigma, parseSettings("sigma=x").sigma]).toEqual([1, null]);
    const noise = usual("gaussian-noise");
    expect(parseSettings("degrade=gaussian-noise,1e9,x,-4").degradation).toEqual({
      ...noise,
      values: { sigma: 75 },
      seed: 0,
    });
    expect(parseSettings("degrade=gaussian-noise,40").degradation).toEqual({ ...noise, values: { sigma: 40 } });
    expect(parseSettings("degrade=gaussian-blur,30").degradation.values).toEqual({ sigma: 6 });
    expect(parseSettings("degrade=poisson,0").degradation.values).toEqual({ peak: 2 });
    expect(parseSettings("degrade=jpeg,200,411").degradation.values).toEqual({ quality: 95, subsampling: "420" });
    expect(parseSettings("degrade=jpeg,40,444").degradation.values).toEqual({ quality: 40, subsampling: "444" });
    expect(parseSettings("saved=4").degradation).toEqual({ ...noise, saved: 8 });
    expect(parseSettings("saved=no").degradation).toEqual(noise);
    expect(parseSettings(`with=${"a,".repeat(40)}`).methods).toHaveLength(6);
  });
});

describe("the degradation", () => {
  it("is the one that the task undoes", () => {
    expect(degradations(factsOf("denoise"), usual("gaussian-noise"))).toEqual([
      { kind: "gaussian-noise", sigma: 35, seed: 1 },
    ]);
    expect(degradations(factsOf("super-resolve-x4"), usual("downscale"))).toEqual([{ kind: "downscale", scale: 4 }]);
    expect(degradations(factsOf("old-photo"), usual("jpeg"), { width: 5, height: 4 })[0], "by another scale").toEqual({
      kind: "resize",
      width: 5,
      height: 4,
      interpolation: "bicubic",
    });
    expect(degradations(factsOf("denoise-colorize"), { ...usual("poisson"), seed: 3 })).toEqual([
      { kind: "poisson", peak: 20, seed: 3 },
      { kind: "gray" },
    ]);
    expect(degradations(factsOf("deblur"), { ...usual("motion"), saved: 80 })).toEqual([
      { kind: "motion", length: 9, angle: 0, noise: 2, seed: 1 },
      { kind: "jpeg", quality: 80, subsampling: "420" },
    ]);
    expect(degradations(factsOf("old-photo"), usual("gaussian-noise")).map(({ kind }) => kind)).toEqual([
      "downscale",
      "gaussian-noise",
      "gray",
    ]);
  });

  it("follows the task if a link names another kind", () => {
    expect(fitting(factsOf("deblur"), usual("gaussian-noise"))).toEqual(usual("gaussian-blur"));
    expect(fitting(factsOf("deblur"), usual("motion"))).toEqual(usual("motion"));
    expect(fitting(factsOf("segment"), usual("gaussian-noise"))).toEqual(usual("gaussian-noise"));
  });

  it("becomes the next task's default if it was untouched", () => {
    const denoise = factsOf("denoise");
    expect(carried(denoise, factsOf("old-photo"), usual("gaussian-noise"))).toEqual(usual("old-photo"));
    const marks = carried(factsOf("old-photo"), factsOf("repair"), usual("old-photo"));
    expect(marks.values, "only damage that a repair undoes").toEqual({
      ...usual("old-photo").values,
      fading: 0,
      sepia: 0,
    });
    expect(carried(factsOf("repair"), factsOf("old-photo"), marks)).toEqual(usual("old-photo"));
    expect(parseSettings("task=repair").degradation).toEqual(marks);
    expect(carried(denoise, factsOf("old-photo"), { ...usual("gaussian-noise"), saved: 40 })).toEqual({
      ...usual("old-photo"),
      saved: 40,
    });
    const chosen = { ...usual("gaussian-noise"), values: { sigma: 50 } };
    expect(carried(denoise, factsOf("old-photo"), chosen)).toEqual(chosen);
    expect(carried(denoise, factsOf("old-photo"), usual("jpeg"))).toEqual(usual("jpeg"));
    expect(carried(denoise, factsOf("segment"), usual("gaussian-noise"))).toEqual(usual("gaussian-noise"));
    expect(carried(factsOf("segment"), factsOf("old-photo"), usual("gaussian-noise"))).toEqual(usual("gaussian-noise"));
  });

  it("is the task's default if a link names none", () => {
    expect(parseSettings("task=old-photo").degradation).toEqual(usual("old-photo"));
    expect(parseSettings("task=old-photo&degrade=poisson").degradation).toEqual(usual("poisson"));
    expect(parseSettings("task=old-photo&saved=40").degradation).toEqual({ ...usual("old-photo"), saved: 40 });
  });

  it("round-trips through an address, for every kind, with default and other values", () => {
    for (const kind of new Set(TASKS.flatMap(({ kinds }) => kinds))) {
      expect(parseSettings(`degrade=${kind}`).degradation).toEqual(usual(kind));
      const given = { ...usual(kind), seed: 4 };
      for (const control of offerOf(kind).controls) {
        given.values[control.name] = isRange(control) ? control.max : (control.options.at(-1) ?? "");
      }
      expect(parseDegradation(formatDegradation(given), null, usual("gray"))).toEqual(given);
    }
  });

  it("has messages for every kind and setting", () => {
    const keys = TASKS.flatMap(({ kinds }) => kinds).flatMap((kind) => [
      `degrade.${kind}`,
      ...offerOf(kind).controls.flatMap((control) =>
        isRange(control)
          ? [`degrade.${kind}.${control.name}`, `degrade.${kind}.${control.name}.value`]
          : [
              `degrade.${kind}.${control.name}`,
              ...control.options.map((one) => `degrade.${kind}.${control.name}.${one}`),
            ],
      ),
    ]);
    for (const key of keys) expect(en).toHaveProperty([key]);
  });

  it("has messages for every task and baseline", () => {
    expect(TASKS.length).toBeGreaterThan(8);
    for (const { id, baselines } of TASKS) {
      for (const key of [`task.${id}`, `task.${id}.sentence`, ...baselines.map((baseline) => `baseline.${baseline}`)]) {
        expect(en).toHaveProperty([key]);
      }
    }
  });
});
