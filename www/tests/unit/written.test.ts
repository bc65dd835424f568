import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { parseRoute } from "../../src/app/router";
import { parseSettings } from "../../src/app/settings";
import { frameAddress, SETTINGS, settingOf } from "../../src/embed/address";
import { modeOf, PARTS, type Part } from "../../src/embed/mode";
import { attributesOf, frameOf, linkTo, NO_FILES, tagOf, type Wish } from "../../src/share/written";

vi.hoisted(() => vi.stubGlobal("navigator", { languages: ["en"], language: "en" }));

const BASE = "https://example.edu/unet/";
const wish = (change: Partial<Wish> = {}): Wish => ({
  parts: new Set<Part>(["compare"]),
  locked: false,
  lang: null,
  theme: null,
  width: null,
  shape: "4:3",
  ...change,
});
const route = (query: string) => ({ view: "playground" as const, path: "", query });
/** The attributes of a tag, as parsed by a browser. */
const read = (written: string) => {
  const [, tag = ""] = /<unet-playground([^>]*)>/.exec(written) ?? [];
  const plain = (value: string) => value.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&");
  return Object.fromEntries(
    [...tag.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)].map(([, name = "", value = ""]) => [name, plain(value)]),
  );
};
const shown = (address: string) => ({
  route: parseRoute(new URL(address).hash),
  mode: modeOf(new URL(address).search),
});

describe("the tag", () => {
  const queries = [
    "task=denoise&with=nearest,pixel-shuffle&chosen=pixel-shuffle&mode=test&degrade=gaussian-noise,35,7&picture=chelsea",
    "task=denoise&with=bilinear,bilateral-filter&sigma=12&mode=test&degrade=jpeg,30,444,3&saved=70&picture=coffee&layout=grid&tools=difference,table",
    "task=super-resolve-x2&with=bilinear,bicubic-filter&left=bicubic-filter&mode=test&degrade=downscale,9&picture=rocket&size=1.5&cut=10,20,300,200&tell=sharpness:0.25",
    "task=old-photo&with=bilinear&mode=test&degrade=old-photo,0.1,0.2,0.3,0.4,5,60,42&picture=camera&strength=0.5&saturation=1.2",
    "task=segment&with=bilinear&mode=apply&degrade=gaussian-noise,35,1&picture=chelsea&labels=cutout&classes=cat,dog&backend=cpu&source=clean",
  ];
  for (const query of queries) {
    it(`shows the same settings: ${query.slice(0, 60)}…`, () => {
      const all = wish({ parts: new Set(PARTS) });
      const { route: there } = shown(
        frameAddress(BASE, read(tagOf(BASE, attributesOf(route(query), all, NO_FILES), all))),
      );
      expect(parseSettings(there.query)).toEqual(parseSettings(query));
    });
  }

  it("covers every setting in the page's address", () => {
    const [, written = ""] =
      /export function formatSettings[\s\S]*?URLSearchParams\(\{([\s\S]*?)\}\);/.exec(
        readFileSync("src/app/settings.ts", "utf8"),
      ) ?? [];
    const names = [...written.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(15);
    expect([...SETTINGS.map(settingOf), "degrade"].sort()).toEqual(names.sort());
  });

  it("omits defaults, in readable lines", () => {
    const [query = ""] = queries;
    expect(tagOf(BASE, attributesOf(route(query), wish(), NO_FILES), wish())).toBe(
      `<script src="https://example.edu/unet/embed.js" defer></script>
<unet-playground task="denoise" with="nearest pixel-shuffle" chosen="pixel-shuffle" sample="chelsea"
                 degradation="gaussian-noise" level="35" seed="7"></unet-playground>`,
    );
  });

  it("shows and hides parts as chosen, with lock, language, theme and size", () => {
    for (const parts of [
      [],
      ["mode"],
      ["compare", "actions"],
      PARTS.filter((part) => part !== "backend"),
      PARTS,
    ] as const) {
      const wished = wish({ parts: new Set<Part>(parts), locked: true, lang: "vi", theme: "dark" });
      const attributes = read(tagOf(BASE, attributesOf(route(queries[0] ?? ""), wished, NO_FILES), wished));
      expect(shown(frameAddress(BASE, attributes)).mode).toEqual({
        parts: new Set(parts),
        locked: true,
        theme: "dark",
        waits: false,
      });
      expect(attributes.lang).toBe("vi");
    }
    const sized = wish({ width: 500, shape: "16:9" });
    expect(read(tagOf(BASE, {}, sized)).style).toBe("width: 500px; max-width: 100%; aspect-ratio: 16 / 9");
  });

  it("names this device's photo and network as files of the other page, and a link contains neither", () => {
    const own = route(
      "task=denoise&with=own,nearest&chosen=own&mode=apply&degrade=gaussian-noise,35,1&picture=own&cut=1,2,30,40",
    );
    const files = { photo: 'my "cat" & dog.jpg', model: "net.onnx", mask: false };
    const attributes = read(tagOf(BASE, attributesOf(own, wish(), files), wish()));
    expect(attributes).toEqual({
      task: "denoise",
      with: "nearest",
      src: "my%20%22cat%22%20%26%20dog.jpg",
      model: "net.onnx",
      mode: "apply",
    });
    expect(modeOf(new URL(frameAddress(BASE, attributes)).search)?.waits).toBe(true);
    expect(linkTo(BASE, own)).toBe(
      "https://example.edu/unet/#task=denoise&with=nearest&mode=apply&degrade=gaussian-noise,35,1",
    );
    expect(frameOf(BASE, own, wish(), "U-Net")).not.toMatch(/own|waits|net\.onnx/);
  });

  it("shows the other views with their addresses", () => {
    for (const hash of ["lab/bilinear?input=1,5;4,8", "slides/pixel-shuffle", "inspect?task=denoise&node=b", "learn"]) {
      const there = parseRoute(`#${hash}`);
      const attributes = read(tagOf(BASE, attributesOf(there, wish(), NO_FILES), wish()));
      expect(shown(frameAddress(BASE, attributes)).route).toEqual(there);
      expect(linkTo(BASE, there)).toBe(`${BASE}#${hash}`);
    }
  });
});

describe("the frame", () => {
  it("is HTML with the content of the tag", () => {
    const query = "task=denoise&with=nearest,bilinear&mode=test&degrade=gaussian-noise,35,7&picture=chelsea";
    const wished = wish({ parts: new Set<Part>(["compare", "mode"]), width: 640, shape: "3:2" });
    const frame = frameOf(BASE, route(query), wished, 'A "U-Net"');
    expect(frame).toMatch(/title="A &quot;U-Net&quot;"/);
    expect(frame).toMatch(/style="width: 640px; max-width: 100%; aspect-ratio: 3 \/ 2; border: 0"/);
    const [, src = ""] = /src="([^"]*)"/.exec(frame) ?? [];
    expect(src).not.toMatch(/&(?!amp;)/);
    const { route: there, mode } = shown(src.replaceAll("&amp;", "&"));
    expect(parseSettings(there.query)).toEqual(parseSettings(query));
    expect(mode?.parts).toEqual(new Set(["compare", "mode"]));
  });
});
