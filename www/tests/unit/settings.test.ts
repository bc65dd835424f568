import { describe, expect, it } from "vitest";
import { degradations, fitting, usual } from "../../src/app/degradation";
import { formatSettings, initialSettings, parseSettings, type Settings } from "../../src/app/settings";
import { factsOf, OLD_PHOTO, TASKS } from "../../src/app/tasks";

describe("settings in the address", () => {
  it("come back as they went, all of them", () => {
    const settings: Settings = {
      task: "deblur",
      methods: ["bilinear", "unsharp-filter"],
      chosen: "unsharp-filter",
      mode: "test",
      degradation: { kind: "motion", level: 12, angle: 45, seed: 7 },
      strength: 0.6,
      saturation: 1.25,
      labels: "cutout",
      classes: ["pet", "person"],
      backend: "cpu",
      layout: "grid",
      left: "original",
      tools: ["difference", "probe", "table"],
      sample: "coffee",
    };
    expect(parseSettings(formatSettings(settings))).toEqual(settings);
    const own = { ...settings, sample: null };
    expect(parseSettings(formatSettings(own))).toEqual(own);
    expect(parseSettings(formatSettings(initialSettings()))).toEqual(initialSettings());
  });

  it("are readable, and leave out what is usual", () => {
    const address = formatSettings({ ...initialSettings(), methods: ["nearest", "bilinear"] });
    expect(address).toBe("task=denoise&with=nearest,bilinear&mode=test&degrade=gaussian-noise,35,0,1&picture=chelsea");
  });

  it("that make no sense are as at first", () => {
    const first = initialSettings();
    expect(parseSettings("")).toEqual(first);
    expect(parseSettings("mode=no&backend=tpu&layout=pile&tools=hammer&degrade=fire,9&strength=x&picture=nobody")).toEqual(first);
    expect(parseSettings("strength=7&saturation=-1")).toMatchObject({ strength: 1, saturation: 0 });
    expect(parseSettings("degrade=gaussian-noise,1e9,x,-4").degradation).toEqual({ ...usual("gaussian-noise"), level: 75, seed: 0 });
    expect(parseSettings("degrade=gaussian-blur,30").degradation.level).toBe(6);
    expect(parseSettings("degrade=poisson,0").degradation.level).toBe(2);
    expect(parseSettings("degrade=gray,9").degradation).toEqual(usual("gray"));
    expect(parseSettings(`with=${"a,".repeat(40)}`).methods).toHaveLength(6);
  });
});

describe("making a photo worse", () => {
  it("is what the task undoes", () => {
    expect(degradations(factsOf("denoise"), usual("gaussian-noise"))).toEqual([{ kind: "gaussian-noise", sigma: 35, seed: 1 }]);
    expect(degradations(factsOf("super-resolve-x4"), usual("downscale"))).toEqual([{ kind: "downscale", scale: 4 }]);
    expect(degradations(factsOf("denoise-colorize"), { ...usual("poisson"), seed: 3 })).toEqual([
      { kind: "poisson", peak: 20, seed: 3 },
      { kind: "gray" },
    ]);
    expect(degradations(OLD_PHOTO, usual("gaussian-noise")).map(({ kind }) => kind)).toEqual(["downscale", "gaussian-noise", "gray"]);
  });

  it("goes by the task where a link names another kind", () => {
    expect(fitting(factsOf("deblur"), usual("gaussian-noise"))).toEqual(usual("gaussian-blur"));
    expect(fitting(factsOf("deblur"), usual("motion"))).toEqual(usual("motion"));
    expect(fitting(factsOf("segment"), usual("gaussian-noise"))).toEqual(usual("gaussian-noise"));
  });

  it("has a usual level within the range of every kind", () => {
    for (const { kinds } of [...TASKS, OLD_PHOTO]) {
      for (const kind of kinds) expect(parseSettings(`degrade=${kind}`).degradation).toEqual(usual(kind));
    }
  });
});
