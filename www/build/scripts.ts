import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin, type Rollup } from "vite";
import { parseManifest } from "../../npm/src/manifest";
import { Catalogue } from "../src/app/catalogue";
import { opening } from "../src/app/opening";
import { SAMPLES } from "../src/app/samples";
import { factsOf } from "../src/app/tasks";
import { customElements, typeDeclarations } from "../src/embed/declared";
import type { Early } from "../src/embed/early";
import { OUTSIDE } from "../src/embed/words";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ENTRIES = { "embed.js": "../src/embed/element.ts", "start.js": "../src/embed/start.ts" } as const;

/**
 * Builds the scripts outside the page's module graph: the custom element for other pages, with its manifest and types,
 * and the first script of a frame.
 */
export function scripts(): Plugin {
  return {
    name: "scripts",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_html, { bundle = {} }) {
        const attrs = { src: "./start.js", "data-early": JSON.stringify(early(bundle)) };
        return [{ tag: "script", attrs, injectTo: "head-prepend" }];
      },
    },
    async generateBundle() {
      for (const fileName of ["embed.js", "start.js"] as const) {
        this.emitFile({ type: "asset", fileName, source: await built(ENTRIES[fileName], OUTSIDE[fileName]) });
      }
      const protocol = readFileSync(at("../src/embed/protocol.ts"), "utf8");
      const declared = {
        ...typeDeclarations(protocol),
        "custom-elements.json": `${JSON.stringify(customElements(), null, 2)}\n`,
      };
      for (const [fileName, source] of Object.entries(declared)) this.emitFile({ type: "asset", fileName, source });
    },
  };
}

/** A script bundled with its imports and the messages under these keys. */
async function built(entry: string, keys: readonly string[]): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: "warn",
    define: { __WORDS__: JSON.stringify(words(keys)) },
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      rollupOptions: { input: at(entry), output: { format: "iife" } },
    },
  });
  const [script] = [made].flat().flatMap((one) => ("output" in one ? one.output : []));
  if (script?.type !== "chunk") throw new Error(`${entry} was not built`);
  return script.code;
}

/** Messages by language. */
function words(keys: readonly string[]): Record<string, Record<string, string>> {
  const files = readdirSync(at("../src/i18n")).filter((name) => name.endsWith(".json"));
  return Object.fromEntries(
    files.map((name) => {
      const all = JSON.parse(readFileSync(at(`../src/i18n/${name}`), "utf8")) as Record<string, string>;
      return [name.replace(/\.json$/, ""), Object.fromEntries(keys.map((key) => [key, all[key] ?? ""]))];
    }),
  );
}

/** Addresses of the files to request first. */
function early(bundle: Rollup.OutputBundle): Early {
  const names = Object.keys(bundle);
  const hashed = (name: string) => {
    const found = names.find((one) => new RegExp(`^assets/${name}-[\\w-]{8}\\.js$`).test(one));
    if (!found) throw new Error(`${name} was not built`);
    return `./${found}`;
  };
  const languages = Object.keys(words([])).map((language) => [language, hashed(language)]);
  const manifest = "models/manifest.json";
  const listed = bundle[manifest];
  if (listed?.type !== "asset") throw new Error("there is no list of networks");
  return {
    engine: hashed("main"),
    languages: Object.fromEntries(languages),
    manifest: `./${manifest}`,
    opening: openingFiles(JSON.parse(listed.source.toString())).map((file) => `./${file}`),
  };
}

/** The photo and the networks of the opening comparison. */
function openingFiles(manifest: unknown): string[] {
  const { sample, task, methods } = opening(false);
  const networks = new Catalogue(parseManifest(manifest)).methods(factsOf(task), true);
  const files = networks.flatMap(({ id, stages }) =>
    methods.includes(id)
      ? stages.flatMap((stage) => (stage.kind === "model" ? [`models/${stage.entry.file}`] : []))
      : [],
  );
  return [`samples/${SAMPLES.find(({ id }) => id === sample)?.file}`, ...files];
}
