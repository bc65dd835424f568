import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { networkDrawings } from "./build/drawings";
import { help } from "./build/help";
import { installed } from "./build/installed";
import { scripts } from "./build/scripts";
import en from "./src/i18n/en.json" with { type: "json" };

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const MODELS = at("../models/");

/** Fills in the messages of index.html. The dev server injects scripts and styles, so it sets no policy there. */
function messages(): Plugin {
  let serving = false;
  return {
    name: "messages",
    configResolved: (config) => {
      serving = config.command === "serve";
    },
    transformIndexHtml: {
      order: "pre",
      handler: (html) =>
        html
          .replace(/%([\w.]+)%/g, (whole, key: string) => (en as Record<string, string>)[key] ?? whole)
          .replace(serving ? /<meta\s+http-equiv="Content-Security-Policy"[^>]*>/ : /(?!)/, ""),
    },
  };
}

/** Serves and ships the models in `../models` and its subfolders under `models/`. */
function models(): Plugin {
  const files = () => (existsSync(MODELS) ? readdirSync(MODELS, { recursive: true, encoding: "utf8" }) : []);
  const names = () =>
    files().flatMap((name) => (/\.(onnx|data|json|txt)$/.test(name) ? [name.replaceAll("\\", "/")] : []));
  return {
    name: "models",
    configureServer: (server) => {
      server.middlewares.use("/models", (request, response, next) => {
        const name = request.url?.slice(1) ?? "";
        if (names().includes(name)) createReadStream(MODELS + name).pipe(response);
        else next();
      });
    },
    generateBundle() {
      for (const name of names()) {
        this.emitFile({ type: "asset", fileName: `models/${name}`, source: readFileSync(MODELS + name) });
      }
    },
  };
}

/**
 * Builds the service worker, with an identifier derived from the build's content and the list of all scripts and
 * styles, so that views which were never opened work offline too.
 */
function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    enforce: "post",
    buildStart() {
      this.emitFile({ type: "chunk", id: at("./src/offline/worker.ts"), fileName: "offline.js" });
    },
    generateBundle(_options, bundle) {
      const worker = bundle["offline.js"];
      if (worker?.type !== "chunk") return;
      const names = Object.keys(bundle).sort();
      const build = createHash("sha256").update(names.join()).digest("hex").slice(0, 12);
      // Guides are small, and useful offline. Of the engine's two builds a browser uses only one: it is cached once
      // used.
      const chunks = names.filter((name) => /^(assets\/.*\.(js|css)|help\/.*)$/.test(name));
      worker.code = worker.code.replace("__BUILD__", build).replace(/["'`]__CHUNKS__["'`]/, JSON.stringify(chunks));
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [messages(), models(), networkDrawings(), scripts(), installed(), help(), offline()],
  resolve: { alias: { "unet-playground": at("../pkg/unet_playground.js") } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The opening view is one file, instead of one for each set of views that shares a part of it.
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: "page", test: /\/node_modules\/|\/src\/(app|elements|embed|view)\// }] },
      },
    },
  },
  worker: { format: "es" },
  server: { fs: { allow: [at("..")] } },
});
