// The networks in the package: the default method's of every task.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The default of the package's `restore` (npm/src/models.ts) and of the command. */
const METHOD = "bilinear";
const VARIANTS = [undefined, "compressed"];
/** The properties of an entry that the package needs; scores and training are in `models/manifest.json`. */
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
  // The surveys' networks are only for comparison.
  const entries = all.filter(
    ({ strategy, variant, survey }) => strategy === METHOD && VARIANTS.includes(variant) && survey === undefined,
  );
  const tasks = new Set(all.map(({ task }) => task));
  for (const task of tasks) {
    if (!entries.some((entry) => entry.task === task)) throw new Error(`no ${METHOD} network for ${task}`);
  }
  const names = new Set(entries.flatMap(({ file, data = [] }) => [file, ...data.map(({ file }) => file)]));
  // Networks trained from other weights ship the license of those, in a file with the same prefix.
  const shared = [...names].filter((name) => name.endsWith(".onnx.data"));
  const licenses = readdirSync(from)
    .filter((name) => name.endsWith(".license.txt"))
    .filter((name) => shared.some((data) => data.startsWith(name.replace(".license.txt", ""))));
  mkdirSync(join(out, "models"));
  for (const name of [...names, ...licenses]) cpSync(join(from, name), join(out, "models", name));
  writeFileSync(join(out, "models/manifest.json"), `${JSON.stringify(entries, null, 1)}\n`);
  writeFileSync(join(out, "bundled.js"), script(entries, [...names]));
}

/** Bundlers recognize a literal `new URL("…", import.meta.url)`, and include the file. */
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
