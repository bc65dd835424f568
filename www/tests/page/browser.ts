import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { expect } from "vitest";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Debian's Chromium, with WebGPU on a software GPU, and without background network traffic. */
export function launch({ webgpu = true } = {}): Promise<Browser> {
  const gpu = webgpu
    ? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
    : ["--disable-webgpu", "--disable-gpu"];
  const quiet = ["background-networking", "component-update", "sync", "quic"].map((what) => `--disable-${what}`);
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--no-first-run", "--use-fake-device-for-media-stream", ...quiet, ...gpu],
  });
}

export interface Visit {
  page: Page;
  /** Everything the page must never do: errors, policy violations, requests to other origins. */
  complaints: string[];
}

/**
 * For a visit that is cached for offline use; others run without the service worker, which takes a sixth of their time.
 */
export const KEPT: BrowserContextOptions = { serviceWorkers: "allow" };

/** Opens the page and records complaints. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const usual: BrowserContextOptions = {
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    serviceWorkers: "block",
  };
  const context = await browser.newContext({ ...usual, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const { origin } = new URL(url);
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  context.on("request", (request) => {
    const target = new URL(request.url());
    if (target.protocol.startsWith("http") && target.origin !== origin) complaints.push(`request: ${request.url()}`);
  });
  // Choosers are intercepted only with a listener, which takes a while to take effect.
  page.on("filechooser", () => {});
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(url);
  return { page, complaints };
}

/** Settings of one denoising network. */
export const PLAIN = "#task=denoise&with=bilinear&mode=test&degrade=gaussian-noise,35,1&picture=chelsea";

export const run = (page: Page): Locator => page.getByRole("button", { name: "Run", exact: true });
export const stop = (page: Page): Locator => page.getByRole("button", { name: "Stop", exact: true });
export const status = (page: Page): Locator => page.locator("up-actions .status > span").first();
export const slider = (page: Page): Locator => page.getByRole("slider", { name: "Compare left and right" });
export const notice = (page: Page): Locator => page.getByRole("alert");

/** Presses a one-letter shortcut, which works only if no control has the focus. */
export async function shortcut(page: Page, key: string): Promise<void> {
  await page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    if (active instanceof HTMLElement) active.blur();
  });
  await page.keyboard.press(key);
}

/** Waits until a run has ended successfully. */
export async function restored(page: Page, timeout = 45_000): Promise<void> {
  await status(page).filter({ hasText: "Done in" }).waitFor({ timeout });
}

export interface Bytes {
  name: string;
  type?: string;
  bytes: Uint8Array;
}

/** Drops or pastes files, as a browser reports it. */
export async function bring(page: Page, how: "drop" | "paste", files: Bytes[]): Promise<void> {
  const sent = files.map(({ name, type = "", bytes }) => ({
    name,
    type,
    base64: Buffer.from(bytes).toString("base64"),
  }));
  await page.evaluate(
    ({ how, sent }) => {
      const data = new DataTransfer();
      for (const { name, type, base64 } of sent) {
        data.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name, { type }));
      }
      const shared = { bubbles: true, cancelable: true };
      const event =
        how === "drop"
          ? new DragEvent("drop", { ...shared, dataTransfer: data })
          : new ClipboardEvent("paste", { ...shared, clipboardData: data });
      document.body.dispatchEvent(event);
    },
    { how, sent },
  );
}

/** Drops files and folders from disk, as from a file manager. */
export async function dropFromDisk(page: Page, ...files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  }
}

/** Expects no accessibility violation, as far as axe-core finds, in the page or a frame in it. */
export async function expectAccessible(page: Pick<Page, "evaluate">, ...without: string[]): Promise<void> {
  await page.evaluate(axe);
  const violations = await page.evaluate(async (without) => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<{ violations: AxeViolation[] }> } };
    const { violations } = await axe.run({
      rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])),
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  }, without);
  expect(violations).toEqual([]);
}

interface AxeViolation {
  id: string;
  nodes: { target: string[] }[];
}

/** The cells of the results table, by method. */
export async function tableRows(page: Page): Promise<Record<string, string[]>> {
  const rows = await page
    .locator("up-results tbody tr")
    .evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => cell.textContent?.replace(/\s+/g, " ").trim() ?? "")),
    );
  return Object.fromEntries(rows.map(([name = "", ...cells]) => [name, cells]));
}

/** A method's chip; if two have one name, the network's. */
export const method = (page: Page, name: string): Locator =>
  page
    .getByRole("group", { name: /^(Upsampling|Without a network)$/ })
    .getByRole("checkbox", { name, exact: true })
    .first();

/** The picture's name in the controls. */
export const named = (page: Page, name: string): Locator => page.locator("up-controls .name").filter({ hasText: name });

/** The mean color of a layer's canvas in the middle of the drawn area, which distinguishes pictures. */
export function meanColor(page: Page, layer: "before" | "after"): Promise<number[]> {
  return page.locator(`up-picture.${layer} canvas`).evaluate((canvas: HTMLCanvasElement) => {
    const small = document.createElement("canvas");
    small.width = small.height = 1;
    const context = small.getContext("2d");
    const side = Math.min(canvas.width, canvas.height) / 4;
    const x = (canvas.width - side) / 2;
    const y = (canvas.height - side) / 2;
    context?.drawImage(canvas, x, y, side, side, 0, 0, 1, 1);
    return [...(context?.getImageData(0, 0, 1, 1).data ?? [])];
  });
}
