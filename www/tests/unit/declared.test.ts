import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ATTRIBUTES } from "../../src/embed/address";
import { customElements, typeDeclarations } from "../../src/embed/declared";
import { METHODS } from "../../src/embed/described";

/** The declarations for editors and compilers. */

const source = (name: string) => readFileSync(`src/embed/${name}.ts`, "utf8");
const folder = mkdtempSync(join(tmpdir(), "types-"));

beforeAll(() => {
  for (const [name, text] of Object.entries(typeDeclarations(source("protocol"))))
    writeFileSync(join(folder, name), text);
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The compiler's diagnostics for programs that use the types, by file name. */
function compiled(programs: Record<string, string>): string {
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, name), text);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    lib: ["es2022", "dom"],
    types: [],
    jsx: "react-jsx",
    exactOptionalPropertyTypes: true,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: Object.keys(programs) }));
  try {
    return execFileSync(resolve("node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
  } catch (error) {
    return String((error as { stdout: string }).stdout);
  }
}

describe("the manifest", () => {
  const [module] = (customElements() as { modules: { declarations: Record<string, never>[] }[] }).modules;
  const declared = module?.declarations[0] as unknown as Record<string, { name: string; kind?: string }[]>;
  const names = (list: { name: string }[] | undefined) => list?.map(({ name }) => name);

  it("lists every attribute, method and event of the element", () => {
    expect(names(declared.attributes)).toEqual([...ATTRIBUTES]);
    const methods = declared.members?.filter(({ kind }) => kind === "method");
    const element = source("element");
    const written = [...element.matchAll(/^ {2}(?:async )?(\w+)\([^)]*\): Promise/gm)].map(([, name]) => name);
    expect(written.filter((name) => name !== "play").sort()).toEqual(names(methods)?.sort());
    const [, events = ""] = /interface Events \{([\s\S]*?)\n\}/.exec(source("protocol")) ?? [];
    const told = [...events.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
    expect(names(declared.events)).toEqual([...told, "solved"]);
  });

  it("lists the same names as the guide", () => {
    const guide = readFileSync("../docs/embedding.md", "utf8");
    const rows = guide.split("\n").filter((line) => line.startsWith("| `"));
    const firsts = rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`([\w-]+)(?:\([^)]*\))?`/g)]);
    const documented = new Set(firsts.map(([, name]) => name));
    const all = [...ATTRIBUTES, ...METHODS.map(({ name }) => name), ...(names(declared.events) ?? [])];
    expect([...documented].sort()).toEqual([...new Set(all)].sort());
  });
});

describe("types", () => {
  // The same checks as by Vue's template compiler, without Vue.
  const vue = `declare module "vue" {
    export interface HTMLAttributes { id?: string }
    export interface PublicProps { key?: string; class?: unknown }
    export interface GlobalComponents {}
  }`;

  it("declare the element for TypeScript, React and Vue, and reject misuse", { timeout: 60_000 }, () => {
    const programs = {
      "vue.d.ts": vue,
      "plain.ts": `
        import type { UnetPlaygroundFigures } from "./embed.js";
        const element = document.querySelector("unet-playground")!;
        element.task = "denoise"; element.lock = true; element.layout = "grid"; element.style.width = "10px";
        element.addEventListener("result", ({ detail }) => { const all: UnetPlaygroundFigures[] = detail.results; void all; });
        element.addEventListener("click", () => {});
        const png: Promise<Blob> = element.result();
        await element.set({ task: "deblur" }); await element.load(await png);
        void document.createElement("unet-playground").run();
        // @ts-expect-error
        element.layout = "circle";
        // @ts-expect-error
        element.addEventListener("result", ({ detail }) => detail.psnr);
        // @ts-expect-error
        element.load(5);`,
      "react.tsx": `
        import "./embed-react.js";
        export const right = <unet-playground task="denoise" with="nearest" controls="" lock data-expect="psnr > 30"
          className="wide" style={{ width: 400 }} lang="vi" onsolved={({ detail }) => detail.results.length} />;
        // @ts-expect-error
        export const wrong = <unet-playground layout="circle" />;`,
      "vue.ts": `
        import "./embed-vue.js";
        import type { GlobalComponents } from "vue";
        type Tag = InstanceType<GlobalComponents["unet-playground"]>;
        type Props = Tag["$props"];
        export const right: Props = { task: "denoise", lock: "", class: "wide", onSolved: ({ detail }) => void detail.results.length };
        export const asChecked: Props = { dataExpect: "psnr > 30", id: "a", key: "b" };
        export const png = (tag: Tag): Promise<Blob> => tag.result();
        // @ts-expect-error
        export const wrong: Props = { layout: "circle" };`,
    };
    expect(compiled(programs)).toBe("");
  });
});
