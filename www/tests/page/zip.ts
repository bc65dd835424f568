import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";

/** The zip of `make site`, unpacked into a folder of a web server. */
export function unpackedSite(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "site-"));
  const zip = join(folder, "site.zip");
  execFileSync("node", ["../scripts/site-zip.mjs", "dist", zip], { stdio: "ignore" });
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  rmSync(zip);
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}
