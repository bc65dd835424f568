// Licenses of the crates in the wasm.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const FEATURES = ["--no-default-features", "--features", "gpu,web"];

/** The text: every crate in the wasm, grouped by license text. */
export function notices(root) {
  const options = ["--format-version", "1", "--locked", "--filter-platform", "wasm32-unknown-unknown"];
  const json = execFileSync("cargo", ["metadata", ...options, ...FEATURES], {
    cwd: root,
    maxBuffer: 2 ** 28,
    encoding: "utf8",
  });
  const { packages, resolve } = JSON.parse(json);
  const byId = new Map(packages.map((one) => [one.id, one]));
  const used = [...reached(resolve)].map((id) => byId.get(id)).filter(({ source }) => source !== null);

  const byText = new Map();
  for (const crate of used) {
    const text = licenseOf(crate);
    byText.set(text, [...(byText.get(text) ?? []), `${crate.name} ${crate.version} (${crate.license})`]);
  }
  const parts = [...byText].map(([text, names]) => `${names.sort().join("\n")}\n\n${text.trim()}\n`);
  const head =
    "The WebAssembly files of this package contain these crates, under the licenses that follow their names.\n";
  return [head, ...parts.sort()].join(`\n${"-".repeat(80)}\n\n`);
}

/** The packages that the root package needs at run time, without build and test dependencies. */
function reached({ nodes, root }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const seen = new Set();
  const visit = (id) => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const { pkg, dep_kinds } of byId.get(id).deps) if (dep_kinds.some(({ kind }) => kind === null)) visit(pkg);
  };
  visit(root);
  return seen;
}

/** MIT where it is offered; otherwise all license files. For a crate without any, the name of its license. */
function licenseOf({ manifest_path, license, authors }) {
  const folder = dirname(manifest_path);
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name) && !/\.rs$/.test(name));
  const mit = files.filter((name) => /mit/i.test(name));
  const chosen = mit.length > 0 ? [...mit, ...files.filter((name) => /notice/i.test(name))] : files;
  const texts = chosen.sort().flatMap((name) => {
    try {
      return [readFileSync(join(folder, name), "utf8")];
    } catch {
      return []; // a folder
    }
  });
  return texts.length > 0 ? texts.join("\n") : `License: ${license}. By ${authors.join(", ") || "its authors"}.`;
}
