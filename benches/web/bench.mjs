// Times this engine against onnxruntime-web on the same networks in one page of headless Chromium, in turns, and compares what they
// compute: the CPU backend against its wasm (SIMD), one thread each, or with --backend webgpu both on the same adapter. Values are
// held against those of its wasm.
//
//     node benches/web/bench.mjs [--networks FOLDER] [--rounds 7] [--size 256] [--backend webgpu] [--build baseline]
//         [--csv FILE] [--chart FILE.svg] [--profile FILE] [--least RATIO] [part of a network's name]
//
// With --least, a smaller ratio than that on any network is an error.

import { createReadStream, mkdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { cpus } from "node:os";
import { dirname, extname, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { chart } from "./chart.mjs";
import { ofFolder, usual } from "./sets.mjs";

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
    backend: { type: "string", default: "cpu" },
    build: { type: "string", default: "relaxed" },
    chart: { type: "string" },
    csv: { type: "string" },
    least: { type: "string", default: "0" },
    networks: { type: "string" },
    profile: { type: "string" },
    rounds: { type: "string", default: "7" },
    size: { type: "string", default: "256" },
  },
  allowPositionals: true,
});
const folder = options.networks && resolve(options.networks);
const networks = (folder ? ofFolder(folder) : usual(ROOT)).filter(({ name }) => positionals.every((part) => name.includes(part)));
if (networks.length === 0) throw new Error(`no network's name has ${positionals.join(" and ")} in it`);

/** The file that a URL names: of the project, or of the folder of networks. */
function served(url) {
  const path = normalize(decodeURIComponent(new URL(url, "http://localhost").pathname));
  return folder && path.startsWith("/networks/") ? join(folder, path.slice("/networks/".length)) : join(ROOT, path);
}

const server = createServer((request, response) => {
  const path = served(request.url);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" });
  createReadStream(path).pipe(response);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  args: ["--no-sandbox", "--enable-unsafe-webgpu", "--enable-features=Vulkan"],
});
const base = `http://127.0.0.1:${server.address().port}/`;
const results = [];
let wrong = 0;
try {
  console.log(`${cpus()[0].model}, Chromium ${browser.version()}, ${options.backend}, ${options.size}²; milliseconds, medians of ${options.rounds}`);
  row("network", "GFLOP", "ort-web", "this", "ratio", "load", "error", "off");
  for (const network of networks) {
    const found = await compared(network);
    if (found instanceof Error) {
      const [message] = found.message.split("\n");
      if (!message.includes("onnxruntime-web does not run it")) wrong++;
      console.error(`${network.name}: ${message}`);
      continue;
    }
    const [theirs, ours] = [median(found.theirs), median(found.ours)];
    results.push({ name: network.name, ...found, theirs, ours, ratio: theirs / ours });
    if (found.off > WRONG_VALUES(network.name)) wrong++;
    const load = (found.theirLoad / found.ourLoad).toFixed(1);
    const columns = [(found.flops / 1e9).toFixed(2), theirs.toFixed(1), ours.toFixed(1), (theirs / ours).toFixed(2), load];
    row(network.name, ...columns, found.error.toExponential(1), `${(100 * found.off).toFixed(3)} %`);
    if (found.theirOff > WRONG_VALUES(network.name)) {
      console.log(`  onnxruntime-web's own result is wrong in ${(100 * found.theirOff).toFixed(1)} % of the values`);
    }
  }
  const mean = (of) => Math.exp(results.reduce((sum, result) => sum + Math.log(of(result)), 0) / results.length);
  const least = results.reduce((least, result) => (result.ratio < least.ratio ? result : least), { ratio: Infinity });
  console.log(
    `geometric mean: ${mean(({ ratio }) => ratio).toFixed(2)} times as fast as onnxruntime-web, loading ` +
      `${mean(({ theirLoad, ourLoad }) => theirLoad / ourLoad).toFixed(1)} times; the least ${least.ratio.toFixed(2)} (${least.name})`,
  );
  const { backend, size } = options;
  if (options.csv) {
    const row = (r) => [r.name, size, backend, r.flops, fixed(r.theirs), fixed(r.ours), fixed(r.ratio), r.error.toExponential(1)];
    write(options.csv, ["network", "size", "backend", "flops", "ort_web_ms", "this_ms", "ratio", "error"], results.map(row));
  }
  if (options.profile) {
    const row = (name) => (k) => [name, k.node, k.op, k.kernel, k.shape.join("x"), k.milliseconds, k.flops, k.bytes, k.bound ?? ""];
    const head = ["network", "node", "op", "kernel", "shape", "ms", "flops", "bytes", "bound_ms"];
    write(options.profile, head, results.flatMap((r) => r.profile.map(row(r.name))));
  }
  if (options.chart) {
    const what = backend === "cpu" ? "CPU, one thread" : "WebGPU";
    save(options.chart, chart(results, `${what}, ${size} × ${size} pixels: times as fast as onnxruntime-web`));
  }
  if (wrong) console.error(`error: ${wrong} networks fail or compute something else`);
  if (!(least.ratio >= Number(options.least))) {
    console.error(`error: ${least.name} is ${fixed(least.ratio)} times as fast as onnxruntime-web, not ${options.least} times`);
    wrong++;
  }
} finally {
  await browser.close();
  server.close();
}
process.exitCode = wrong ? 1 : 0;

/** A page of its own for each network: what one leaves behind does not slow the next. */
async function compared(network) {
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error.message));
  try {
    await page.goto(`${base}benches/web/index.html`);
    const { backend, build, profile } = options;
    await page.evaluate((given) => window.start(given), { backend, build });
    const [rounds, size] = [Number(options.rounds), Number(options.size)];
    const job = { ...network, base, rounds, size, tolerance: TOLERANCE, profile: Boolean(profile) };
    return await page.evaluate((job) => window.compare(job), job);
  } catch (error) {
    return error;
  } finally {
    await page.close();
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

function row(name, ...columns) {
  console.log(name.padEnd(38) + columns.map((column) => String(column).padStart(9)).join(""));
}

function fixed(number) {
  return number.toFixed(2);
}

function write(path, head, rows) {
  save(path, [head, ...rows].map((row) => row.join(",")).join("\n") + "\n");
}

function save(path, content) {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  writeFileSync(path, content);
}
