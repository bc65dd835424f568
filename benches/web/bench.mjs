// Times the CPU backend (one thread) against onnxruntime-web (wasm, SIMD, one thread) on the same
// networks in one page of headless Chromium, in turns, and compares what they compute.
//
//     node benches/web/bench.mjs [--rounds 7] [--size 256] [--build baseline] [part of a network's name]

import { createReadStream, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
/** Both compute in float32, in different order; more than this share of the largest value is a wrong value. */
const TOLERANCE = 1e-4;
/**
 * Share of values that may be wrong. Nearly equal values in a pooling window count as ties here, and the
 * first one wins; onnxruntime takes the largest. Unpooling then puts a value one pixel off, and all
 * that see it differ: PyTorch with this rule differs from PyTorch without it in 2 to 4 % of the values.
 */
const WRONG_VALUES = (name) => (name.endsWith("max-unpool") ? 0.1 : 0);

const { values: options, positionals } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    size: { type: "string", default: "256" },
    build: { type: "string", default: "relaxed" },
  },
  allowPositionals: true,
});
const weights = JSON.parse(readFileSync(join(ROOT, "benches/web/nets/weights.json"), "utf8"));
const names = Object.keys(weights).filter((name) => positionals.every((part) => name.includes(part)));

const server = createServer((request, response) => {
  const path = join(ROOT, normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname)));
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" });
  createReadStream(path).pipe(response);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
let wrong = 0;
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error.message));
  await page.goto(`http://127.0.0.1:${server.address().port}/benches/web/index.html`);
  const build = await page.evaluate((build) => window.start(build), options.build);
  console.log(`Chromium ${browser.version()}, one thread, ${build} build, ${options.size}², milliseconds: least of ${options.rounds} rounds`);
  row("network", "GFLOP", "ort-web", "this", "ratio", "error", "off");
  const ratios = [];
  for (const name of names) {
    const [rounds, size] = [Number(options.rounds), Number(options.size)];
    const job = { name, weights: weights[name], rounds, size, tolerance: TOLERANCE };
    const result = await page.evaluate((job) => window.compare(job), job).catch((error) => error);
    if (result instanceof Error) {
      wrong++;
      console.error(`${name}: ${result.message.split("\n")[0]}`);
      continue;
    }
    const [theirs, ours] = [Math.min(...result.theirs), Math.min(...result.ours)];
    ratios.push(theirs / ours);
    if (result.off > WRONG_VALUES(name)) wrong++;
    const columns = [(result.flops / 1e9).toFixed(2), theirs.toFixed(1), ours.toFixed(1), (theirs / ours).toFixed(2)];
    row(name, ...columns, result.error.toExponential(1), `${(100 * result.off).toFixed(3)} %`);
  }
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  console.log(`geometric mean: ${mean.toFixed(2)} times as fast as onnxruntime-web`);
  if (wrong) console.error(`error: ${wrong} networks fail or compute something else`);
} finally {
  await browser.close();
  server.close();
}
process.exitCode = wrong ? 1 : 0;

function row(name, ...columns) {
  console.log(name.padEnd(34) + columns.map((column) => String(column).padStart(9)).join(""));
}
