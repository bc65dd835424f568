// The networks that travel in the package: of every task the default method's.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** That of the package's `restore` (npm/src/models.ts) and of the command. */
const METHOD = "bilinear";
const VARIANTS = [undefined, "compressed"];
/** What the package has to know of an entry; scores and training stand in `models/manifest.json`. */
const KNOWN = [
  "file",
  "bytes",
  "sha256",
  "data",
  "task",
  "family",
  "strategy",
  "variant",
  "title",
  "parameters",
  "license",
];

/** Copies networks from `from` into `out/models`, and writes `out/bundled.js`. */
export function addModels(from, out) {
  const all = JSON.parse(readFileSync(join(from, "manifest.json"), "utf8"));
  // Those of the surveys are for comparison.
  const entries = all.filter(
    ({ strategy, variant, survey }) => strategy === METHOD && VARIANTS.includes(variant) && survey === undefined,
  );
  const tasks = new Set(all.map(({ task }) => task));
  for (const task of tasks) {
    if (!entries.some((entry) => entry.task === task)) throw new Error(`no ${METHOD} network for ${task}`);
  }
  const names = new Set(entries.flatMap(({ file, data = [] }) => [file, ...data.map(({ file }) => file)]));
  // What began with the weights of others has their license beside it, under the name that its own begins with.
  const shared = [...names].filter((name) => name.endsWith(".onnx.data"));
  const licenses = readdirSync(from)
    .filter((name) => name.endsWith(".license.txt"))
    .filter((name) => shared.some((data) => data.startsWith(name.replace(".license.txt", ""))));
  mkdirSync(join(out, "models"));
  for (const name of [...names, ...licenses]) cpSync(join(from, name), join(out, "models", name));
  writeFileSync(join(out, "models/manifest.json"), `${JSON.stringify(entries, null, 1)}\n`);
  writeFileSync(join(out, "bundled.js"), script(entries, [...names]));
}

/** Bundlers look for `new URL("…", import.meta.url)`, word for word, and take the file along. */
function script(entries, names) {
  const url = (name) => `const u${names.indexOf(name)} = () => new URL("./models/${name}", import.meta.url);`;
  const list = entries.map((entry) => {
    const known = Object.fromEntries(KNOWN.map((key) => [key, entry[key] ?? { data: [], variant: "" }[key]]));
    const files = [entry.file, ...known.data.map(({ file }) => file)];
    const urls = files.map((file) => `${JSON.stringify(file)}: u${names.indexOf(file)}`).join(", ");
    return `${JSON.stringify(known).slice(0, -1)}, "urls": { ${urls} } },`;
  });
  return [...names.map(url), "export const bundled = [", ...list, "];", ""].join("\n");
}
