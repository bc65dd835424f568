// What the package was built from, as far as the building machine can tell.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The JSON: commit of the sources, compilers, and hashes of their output. */
export function provenance(root, out) {
  const sha256 = (path) =>
    createHash("sha256")
      .update(readFileSync(join(out, path)))
      .digest("hex");
  const builds = ["baseline", "relaxed"].map((build) => `${build}/unet_playground_bg.wasm`);
  const lock = readFileSync(join(root, "Cargo.lock"), "utf8");
  const [, bindgen] = /^name = "wasm-bindgen"\nversion = "(.*)"/m.exec(lock);
  const told = {
    commit: tell("git", ["-C", root, "rev-parse", "HEAD"]),
    /** Whether the sources differ from that commit. */
    modified: tell("git", ["-C", root, "status", "--porcelain", "--untracked-files=no"]) !== "",
    wasmBindgen: bindgen,
    sha256: Object.fromEntries(builds.map((path) => [path, sha256(path)])),
    models: "models/manifest.json",
  };
  return `${JSON.stringify(told, null, 2)}\n`;
}

/** The output of a command; null if it fails, as git does for sources without a repository. */
function tell(command, options) {
  try {
    return execFileSync(command, options, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}
