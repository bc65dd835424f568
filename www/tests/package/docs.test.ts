import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { reference } from "../../../npm/api.mjs";

const at = (path: string) => new URL(`../../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(at(path), "utf8");

it("docs/api.md matches the types (UPDATE_DOCS=1 writes it)", () => {
  const wanted = reference(at("pkg").pathname);
  if (process.env.UPDATE_DOCS) writeFileSync(at("docs/api.md"), wanted);
  expect(read("docs/api.md") === wanted, "docs/api.md is out of date: UPDATE_DOCS=1").toBe(true);
  for (const name of ["restore", "RestoreOptions", "Engine", "Model", "Picture"])
    expect(wanted).toContain(`### \`${name}\``);
});

it("the package's builds and the element stay within their size limits", () => {
  const told = execFileSync(at("scripts/size").pathname, { encoding: "utf8" });
  expect(told.match(/KB of wasm and \d+ KB of JavaScript/g)).toHaveLength(2);
  expect(gzipSync(readFileSync(at("pkg/embed.js")), { level: 9 }).length).toBeLessThanOrEqual(8000);
});
