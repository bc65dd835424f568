// Builds pkg/, the npm package, from the engine's builds in target/engine, src/web/, npm/src/ and models/.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { shortenImports } from "./build/imports.mjs";
import { addModels } from "./build/models.mjs";
import { notices } from "./build/notices.mjs";
import { provenance } from "./build/provenance.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const engine = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "engine");
const source = join(root, "npm/src");
const out = join(root, "pkg.new");
// The page's tools build the package, too.
const ofPage = createRequire(join(root, "www/package.json"));
const { loadConfigFromFile, minify } = await import(pathToFileURL(ofPage.resolve("vite")));
const { rolldown } = await import(pathToFileURL(ofPage.resolve("rolldown")));

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
// Written first, so that its time stamp tells make which sources the build has seen.
writeFileSync(join(out, "package.json"), manifest());
for (const name of ["baseline", "relaxed"]) {
  cpSync(join(engine, name), join(out, name), { recursive: true });
  // They use Symbol.dispose, which a project's libraries may lack.
  const types = join(out, name, "unet_playground.d.ts");
  writeFileSync(types, `/// <reference lib="esnext.disposable" />\n${readFileSync(types, "utf8")}`);
}
cpSync(join(root, "src/web/unet_playground.d.ts"), join(out, "unet_playground.d.ts"));
addModels(join(root, "models"), out);
declare();
await bundle();
await embed();
cpSync(join(root, "npm/README.md"), join(out, "README.md"));
cpSync(join(root, "LICENSE"), join(out, "LICENSE"));
writeFileSync(join(out, "THIRD-PARTY-NOTICES.txt"), notices(root));
writeFileSync(join(out, "provenance.json"), provenance(root, out));

rmSync(join(root, "pkg"), { recursive: true, force: true });
renameSync(out, join(root, "pkg"));

/** package.json with the version of Cargo.toml. */
function manifest() {
  const [, version] = /^version = "(.*)"/m.exec(readFileSync(join(root, "Cargo.toml"), "utf8"));
  const json = JSON.parse(readFileSync(join(root, "npm/package.json"), "utf8"));
  return `${JSON.stringify({ ...json, version }, null, 2)}\n`;
}

/** Emits the declarations of npm/src. */
function declare() {
  const config = join(out, "tsconfig.json");
  const compilerOptions = {
    noEmit: false,
    emitDeclarationOnly: true,
    rootDir: source,
    rootDirs: [source, out],
    outDir: out,
  };
  writeFileSync(config, JSON.stringify({ extends: "../npm/tsconfig.json", compilerOptions, include: [source] }));
  const tsc = join(root, "www/node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", config], { stdio: ["ignore", 2, 2] });
  rmSync(config);
}

/**
 * Bundles the scripts: one file for each entry point, and shared chunks. The engine's own scripts are in `out`
 * meanwhile, beside their builds, so that addresses in them stay the same. Node's entry is self-contained and keeps
 * long names: it is not downloaded by visitors, and Node prints its lines in stack traces.
 */
async function bundle() {
  const engines = readdirSync(join(root, "src/web")).filter((name) => name.endsWith(".js"));
  for (const name of engines) cpSync(join(root, "src/web", name), join(out, name));
  const own = (name) => [name, join(source, `${name}.ts`)];
  const engine = (name) => [name, join(out, `${name}.js`)];
  const output = [
    ...(await bundled([own("index"), own("worker"), engine("helper"), engine("unet_playground")], true)),
    ...(await bundled([own("node"), ["scope", join(source, "node/scope.ts")]], false)),
  ];
  for (const name of [...engines, "bundled.js"]) rmSync(join(out, name));
  for (const { fileName, code } of output) writeFileSync(join(out, fileName), plainly(code));
  for (const name of ["baseline", "relaxed"]) await shorten(join(out, name, "unet_playground"));
}

/** Not all bundlers recognize an address in backticks. */
function plainly(code) {
  return code.replace(/(new URL|import)\(`([\w./-]+)`/g, '$1("$2"').replace(/\{type:`module`\}/g, '{type:"module"}');
}

async function bundled(entries, minify) {
  const made = await rolldown({
    input: Object.fromEntries(entries),
    external: /^node:/,
    makeAbsoluteExternalsRelative: false,
    resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
    plugins: [{ name: "engine", resolveId }],
    preserveEntrySignatures: "strict",
  });
  const chunkFileNames = minify ? "shared-[name].js" : "node-[name].js";
  return (await made.generate({ dir: out, format: "es", minify, chunkFileNames })).output;
}

/** Resolves the engine's scripts that npm/src imports; the builds stay outside the bundle. */
function resolveId(id, from) {
  if (/^\.\/(baseline|relaxed)\//.test(id)) return { id, external: true };
  const beside = join(out, id);
  return from?.startsWith(source) && id.startsWith("./") && existsSync(beside) ? beside : null;
}

/** The custom element with its types and manifest, as built for the page. */
async function embed() {
  const path = join(root, "www/vite.config.ts");
  const { config } = await loadConfigFromFile({ command: "build", mode: "production" }, path, undefined, "error");
  const emitted = new Map();
  const context = { emitFile: ({ fileName, source }) => emitted.set(fileName, source) };
  await config.plugins.find(({ name }) => name === "scripts").generateBundle.call(context);
  for (const [name, source] of emitted) if (name !== "start.js") writeFileSync(join(out, name), source);
}

/** Minifies an engine script; the sources remain readable. */
async function shorten(path) {
  const [module, glue] = [`${path}_bg.wasm`, `${path}.js`];
  const { wasm, script } = shortenImports(readFileSync(module), readFileSync(glue, "utf8"));
  const { code, errors } = await minify(glue, script, { module: true });
  if (errors.length > 0) throw new Error(`${glue}: ${errors[0].message}`);
  writeFileSync(module, wasm);
  writeFileSync(glue, code);
}
