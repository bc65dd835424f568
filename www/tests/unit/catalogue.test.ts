import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { parseManifest } from "../../../npm/src/manifest";
import { Catalogue } from "../../src/app/catalogue";
import { classicalOf } from "../../src/app/classical";
import { usual } from "../../src/app/degradation";
import { briefLabel, methodLabel } from "../../src/app/panes";
import { initialSettings, parseSettings, type Settings } from "../../src/app/settings";
import { isCompressed } from "../../src/app/state";
import { factsOf, TASKS, withoutSteps } from "../../src/app/tasks";
import { SECTIONS } from "../../src/slides/sections";

// The messages module reads the language on import.
vi.hoisted(() => vi.stubGlobal("navigator", { languages: ["en"], language: "en" }));

const entry = (task: string, strategy: string, more: object = {}) => ({
  file: `${task}-${strategy}.onnx`,
  bytes: 10,
  sha256: "00",
  task,
  family: "unet",
  survey: "",
  design: "",
  strategy,
  title: `${task} (${strategy})`,
  parameters: 1000,
  flops_per_pixel: 96_192,
  license: "MIT",
  ...more,
});
const catalogue = (...entries: unknown[]) => new Catalogue(parseManifest(entries));
const ids = (list: { id: string }[]) => list.map(({ id }) => id);

describe("the manifest", () => {
  it("of this project lists selectable models", () => {
    const shipped = new Catalogue(parseManifest(JSON.parse(readFileSync("../models/manifest.json", "utf8"))));
    expect(ids(shipped.tasks())).toContain("denoise");
    expect(ids(shipped.methods(factsOf("denoise"), false))).toContain("bilinear");
  });

  it("has every task and method in the lecture's links", () => {
    const shipped = new Catalogue(parseManifest(JSON.parse(readFileSync("../models/manifest.json", "utf8"))));
    const linked = SECTIONS.flatMap(({ photo }) => (photo ? [parseSettings(photo)] : []));
    expect(linked.length).toBeGreaterThan(3);
    for (const { task, methods } of linked) {
      expect(ids(shipped.tasks())).toContain(task);
      expect(ids(shipped.methods(factsOf(task), false))).toEqual(expect.arrayContaining(methods));
    }
  });

  it("skips malformed entries", () => {
    const entries = parseManifest([
      entry("denoise", "bilinear"),
      null,
      7,
      {},
      entry("a", "b", { file: "../../etc/passwd" }),
    ]);
    expect(entries).toEqual([
      {
        file: "denoise-bilinear.onnx",
        bytes: 10,
        sha256: "00",
        data: [],
        task: "denoise",
        family: "unet",
        survey: "",
        design: "",
        strategy: "bilinear",
        variant: "",
        title: "denoise (bilinear)",
        parameters: 1000,
        flopsPerPixel: 96_192,
        millisecondsPerMegapixel: 0,
        scores: {},
        curve: [],
        license: "MIT",
      },
    ]);
    expect(parseManifest({ not: "a list" })).toEqual([]);
    const shared = { file: "encoder.onnx.data", bytes: 20, sha256: "11" };
    const [shipped] = parseManifest([
      entry("colorize", "bilinear", { data: [shared, { ...shared, file: "../passwd" }, null] }),
    ]);
    expect(shipped?.data).toEqual([shared]);
  });
});

describe("the available methods", () => {
  it("follow the manifest, in the page's order, with unknown tasks last", () => {
    const { tasks } = {
      tasks: catalogue(entry("dehaze", "nearest"), entry("segment", "nearest"), entry("denoise", "nearest")).tasks(),
    };
    expect(ids(tasks)).toEqual(["denoise", "segment", "dehaze"]);
  });

  it("are the networks by strategy, and the task's baselines", () => {
    const zoo = catalogue(
      entry("denoise", "nearest"),
      entry("denoise", "nearest", { variant: "noskip" }),
      entry("deblur", "bilinear"),
    );
    expect(ids(zoo.methods(factsOf("denoise"), false))).toEqual([
      "nearest",
      "nearest.noskip",
      "mean-filter",
      "median-filter",
      "gaussian-blur-filter",
      "bilateral-filter",
      "non-local-means-filter",
    ]);
  });

  it("include filters that remove the estimated noise, or a given amount", () => {
    const filters = (sigma: number | null) =>
      catalogue(entry("denoise", "nearest"))
        .methods(factsOf("denoise"), false, { sigma })
        .flatMap(({ stages }) => stages.flatMap((stage) => (stage.kind === "filter" ? [stage.filter] : [])));
    expect(filters(null)).toContainEqual({ kind: "non-local-means" });
    expect(filters(12)).toContainEqual({ kind: "bilateral", sigma: 12 });
    expect(filters(12)).toContainEqual({ kind: "median", side: 3 });
  });

  it("list networks in teaching order, regardless of the manifest's order, variants last", () => {
    const names = [
      ["bilinear", "noskip"],
      ["transposed-conv3", ""],
      ["max-unpool", ""],
      ["transposed-conv", "lecture"],
      ["bilinear", ""],
      ["nearest", ""],
    ];
    const zoo = catalogue(...names.map(([strategy = "", variant = ""]) => entry("segment", strategy, { variant })));
    expect(ids(zoo.methods(factsOf("segment"), false))).toEqual([
      "nearest",
      "bilinear",
      "max-unpool",
      "transposed-conv3",
      "bilinear.noskip",
      "transposed-conv.lecture",
    ]);
  });

  it("use the networks for compressed photos if requested", () => {
    const task = factsOf("super-resolve-x2");
    const zoo = catalogue(
      entry(task.id, "nearest"),
      entry(task.id, "bilinear"),
      entry(task.id, "bilinear", { variant: "compressed", file: "files.onnx" }),
      entry(task.id, "transposed-conv", { variant: "lecture" }),
    );
    const files = (compressed: boolean) =>
      zoo
        .methods(task, compressed)
        .flatMap(({ id, stages: [stage] }) => (stage?.kind === "model" ? [[id, stage.entry.file]] : []));
    const [nearest, bilinear, lecture] = files(false);
    expect([nearest, bilinear, lecture]).toEqual([
      ["nearest", "super-resolve-x2-nearest.onnx"],
      ["bilinear", "super-resolve-x2-bilinear.onnx"],
      ["transposed-conv.lecture", "super-resolve-x2-transposed-conv.onnx"],
    ]);
    expect(files(true)).toEqual([nearest, ["bilinear", "files.onnx"], lecture]);
    // Chips omit the variant that is stated once for all of them; other variants stay.
    const [, chip, other] = zoo.methods(task, true);
    if (!chip || !other) return expect.unreachable();
    expect([briefLabel(chip), chip.variant]).toEqual(["Bilinear", "compressed"]);
    expect(methodLabel(chip)).toContain("for compressed photos");
    expect(briefLabel(other)).toBe(methodLabel(other));
    expect([zoo.hasSources(task), zoo.hasSources(factsOf("denoise"))]).toEqual([true, false]);
  });

  it("depend on the photo's file, in a test on how it is saved, unless the user chooses", () => {
    const photo = (lossy: boolean) => ({
      name: "a",
      size: { width: 8, height: 8 },
      located: false,
      transparent: false,
      lossy,
      lines: false,
    });
    const of = (lossy: boolean, settings: Partial<Settings>) => {
      const all = { ...initialSettings(), task: "super-resolve-x2", degradation: usual("downscale"), ...settings };
      return isCompressed({ settings: all, task: factsOf(all.task), photo: photo(lossy) });
    };
    expect([of(true, { mode: "apply" }), of(false, { mode: "apply" })]).toEqual([true, false]);
    expect([
      of(true, { mode: "test" }),
      of(false, { mode: "test", degradation: { ...usual("downscale"), saved: 75 } }),
    ]).toEqual([false, true]);
    expect([of(true, { mode: "apply", source: "clean" }), of(false, { mode: "apply", source: "compressed" })]).toEqual([
      false,
      true,
    ]);
  });

  it("scale enlarging filters to the task", () => {
    const methods = catalogue(entry("super-resolve-x4", "bilinear")).methods(factsOf("super-resolve-x4"), false);
    const of = (name: string) => methods.find(({ id }) => id === `${name}-filter`)?.stages ?? [];
    expect(["lanczos3", "back-projection", "multi-frame-9"].flatMap(of)).toEqual([
      { kind: "filter", id: "lanczos3", filter: { kind: "upscale", scale: 4, interpolation: "lanczos3" } },
      { kind: "filter", id: "back-projection", filter: { kind: "back-projection", scale: 4 } },
      { kind: "filter", id: "multi-frame-9", filter: { kind: "multi-frame", scale: 4, frames: 9 } },
    ]);
  });

  it("chain the available tasks for an old photo, with the same strategy where possible", () => {
    const partly = catalogue(entry("repair", "nearest"), entry("colorize", "nearest"));
    expect(ids(partly.tasks())).not.toContain("old-photo");
    const zoo = catalogue(
      entry("repair", "bilinear"),
      entry("repair", "nearest"),
      entry("colorize", "bilinear"),
      entry("colorize", "nearest"),
      entry("super-resolve-x2", "nearest"),
    );
    expect(ids(zoo.tasks())).toContain("old-photo");
    const steps = (...without: string[]) =>
      zoo
        .methods(factsOf("old-photo"), false, { without })
        .map(({ id, stages }) => [
          id,
          ...stages.map((stage) => (stage.kind === "model" ? stage.entry.file : stage.kind === "filter" && stage.id)),
        ]);
    expect(steps()).toEqual([
      ["nearest", "repair-nearest.onnx", "autocontrast", "colorize-nearest.onnx", "super-resolve-x2-nearest.onnx"],
      ["bilinear", "repair-bilinear.onnx", "autocontrast", "colorize-bilinear.onnx", "super-resolve-x2-nearest.onnx"],
    ]);
    expect(steps("repair", "super-resolve-x2"), "steps left out").toEqual([
      ["nearest", "autocontrast", "colorize-nearest.onnx"],
      ["bilinear", "autocontrast", "colorize-bilinear.onnx"],
    ]);
    const compressed = { variant: "compressed", file: "super-resolve-x2-nearest-compressed.onnx" };
    const other = catalogue(...zoo.entries, { ...entry("super-resolve-x2", "nearest"), ...compressed });
    const last = (...without: string[]) => {
      const [first] = other.methods(factsOf("old-photo"), true, { without });
      const stage = first?.stages.at(-1);
      return [
        stage?.kind === "model" ? stage.entry.variant : stage?.kind,
        other.hasSources(factsOf("old-photo"), without),
      ];
    };
    expect(last("repair", "autocontrast"), "colorization keeps compression artifacts").toEqual(["compressed", true]);
    expect(last(), "a repair removes them").toEqual(["", false]);
    expect(withoutSteps(factsOf("old-photo"), [])).toMatchObject({ scale: 2, before: "downscale" });
    const small = withoutSteps(factsOf("old-photo"), ["super-resolve-x2"]);
    expect([small.scale, small.before], "nothing is enlarged").toEqual([1, undefined]);
    expect(steps("repair", "colorize", "super-resolve-x2")).toEqual([["autocontrast-filter", "autocontrast"]]);
    expect(steps("repair", "autocontrast", "colorize", "super-resolve-x2"), "never all of them").toEqual([
      ["nearest", "super-resolve-x2-nearest.onnx"],
    ]);
  });

  it("include every step of a chain", () => {
    for (const { id, chain = [] } of TASKS)
      for (const step of chain)
        expect(
          TASKS.some((task) => task.id === step) || classicalOf(step as "autocontrast"),
          `${id}: ${step}`,
        ).toBeTruthy();
  });
});
