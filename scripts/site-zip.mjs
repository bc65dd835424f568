// Zips the built site: node site-zip.mjs FOLDER FILE.zip
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { createRequire } from "node:module";

const { zipSync } = createRequire(new URL("../www/package.json", import.meta.url))("fflate");
const [folder, out] = process.argv.slice(2);
const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const names = files.map((entry) => join(entry.parentPath, entry.name)).sort();
const zip = zipSync(
  Object.fromEntries(names.map((name) => [relative(folder, name).split(sep).join("/"), readFileSync(name)])),
);
writeFileSync(out, zip);
console.log(`${out}: ${names.length} files, ${(zip.length / 1e6).toFixed(1)} MB`);
