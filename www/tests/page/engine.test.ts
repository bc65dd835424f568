import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { unzipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type Bytes,
  bring,
  dropFromDisk,
  KEPT,
  launch,
  method,
  named as namedOn,
  notice,
  PLAIN,
  restored,
  run,
  shortcut,
  slider,
  status,
  stop,
  tableRows,
  visit,
} from "./browser";
import { bytesIn, png } from "./pictures";
import { type Site, serve } from "./server";
import { unpackedSite } from "./zip";

/**
 * The zip of the production build below a sub-path: the real engine and the shipped models, on the CPU and on WebGPU.
 */

const chelsea = readFileSync("public/samples/chelsea.jpg");
let browser: Browser;
let site: Site;
let unpacked: ReturnType<typeof unpackedSite>;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  if (!existsSync("dist/index.html")) throw new Error("www/dist is missing: run `make site`");
  unpacked = unpackedSite();
  site = await serve(unpacked.folder, "/any/sub-path/");
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  site?.close();
  unpacked?.remove();
});
afterEach(() => page?.context().close());

async function open(hash = PLAIN): Promise<void> {
  ({ page, complaints } = await visit(browser, site.url + hash));
}

async function use(backend: "CPU" | "WebGPU"): Promise<void> {
  await page.getByRole("radio", { name: backend }).check();
  await page.getByText(backend === "CPU" ? "Running on the CPU" : "Running on WebGPU").waitFor();
}

async function downloaded(action: () => Promise<unknown>): Promise<Buffer> {
  const download = page.waitForEvent("download");
  await action();
  return readFileSync(await (await download).path());
}

const savedPng = () => downloaded(() => page.getByRole("button", { name: "Save PNG" }).click());

async function keep(way: string): Promise<void> {
  await page.getByRole("button", { name: "More ways to save" }).click();
  await page.getByRole("button", { name: way }).click();
}

/** Width and height in a PNG file's header. */
const sizeOf = (file: Uint8Array) => [16, 20].map((at) => new DataView(file.buffer, file.byteOffset).getUint32(at));

/** Decodes two pictures in the page; returns their sizes and the root mean square difference of RGB, of 255. */
async function difference(one: Buffer, other: Buffer): Promise<{ width: number; height: number; rms: number }> {
  return page.evaluate(
    async (files) => {
      const pixels = await Promise.all(
        files.map(async (base64) => {
          const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes]));
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
          context?.drawImage(bitmap, 0, 0);
          return context?.getImageData(0, 0, bitmap.width, bitmap.height);
        }),
      );
      const [a, b] = pixels;
      if (!a || !b || a.data.length !== b.data.length) return { width: 0, height: 0, rms: Number.NaN };
      let sum = 0;
      for (let at = 0; at < a.data.length; at++) if (at % 4 < 3) sum += ((a.data[at] ?? 0) - (b.data[at] ?? 0)) ** 2;
      return { width: a.width, height: a.height, rms: Math.sqrt(sum / (a.width * a.height * 3)) };
    },
    [one.toString("base64"), other.toString("base64")],
  );
}

const named = (name: string) => namedOn(page, name);

describe("on the CPU", () => {
  it("opens on a sample and restores it", async () => {
    await open();
    await restored(page);
    const clean = await difference(await savedPng(), chelsea);
    expect(clean).toMatchObject({ width: 451, height: 300 });
    // The added noise has a standard deviation of 35; under 12 is twice as good as a box blur.
    expect(clean.rms).toBeLessThan(12);
    expect(complaints).toEqual([]);
  });

  it("scores six results against the original, maps differences, blends", async () => {
    const networks = {
      bilinear: "U-Net · bilinear",
      nearest: "U-Net · nearest",
      "pixel-shuffle": "U-Net · pixel shuffle",
      "max-unpool": "U-Net · max-unpool",
    };
    await open(`#with=${Object.keys(networks).join()},median-filter,mean-filter&backend=cpu&layout=grid`);
    await restored(page);
    expect(await page.locator("up-grid .cell").count()).toBe(8);
    const cells = async (name: string) =>
      Object.entries(await tableRows(page)).find(([row]) => row.startsWith(name))?.[1] ?? [];
    const psnr = async (name: string) => Number.parseFloat((await cells(name))[0] ?? "");
    expect(Object.keys(await tableRows(page))[0]).toMatch(/best$|tie$/);
    for (const name of Object.values(networks)) expect(await psnr(name), name).toBeGreaterThan(28.5);
    const full = await psnr("U-Net · bilinear");
    for (const filter of ["Median 3×3", "Mean 3×3"]) expect(full - (await psnr(filter)), filter).toBeGreaterThan(3);
    expect(Number.parseFloat((await cells("U-Net · bilinear")).at(-1) ?? ""), "checkerboard").toBeLessThan(3);
    await shortcut(page, "d");
    await page.locator(".legend").waitFor();
    const map = page.locator("up-grid .cell").nth(5).locator("up-picture canvas").last();
    // The noise that a filter leaves is everywhere: red and blue of the heat map, hardly any green.
    const green = () =>
      map.evaluate((canvas: HTMLCanvasElement) => {
        const small = new OffscreenCanvas(1, 1).getContext("2d");
        small?.drawImage(canvas, canvas.width / 3, canvas.height / 3, canvas.width / 3, canvas.height / 3, 0, 0, 1, 1);
        const [r = 0, g = 0, b = 0] = small?.getImageData(0, 0, 1, 1).data ?? [];
        return g / Math.max(r, b);
      });
    await expect.poll(green).toBeLessThan(0.5);
    await page.getByRole("slider", { name: "Strength" }).fill("0.5");
    await expect.poll(() => psnr("U-Net · bilinear")).toBeLessThan(full - 3);
    expect(await notice(page).textContent()).toBe("");
    expect(complaints).toEqual([]);
  });

  it("restores a dropped photo and saves it at full size", async () => {
    await open();
    await use("CPU");
    await bring(page, "drop", [{ name: "cat.jpg", type: "image/jpeg", bytes: chelsea }]);
    await named("cat.jpg").waitFor();
    await restored(page);
    await status(page).filter({ hasText: "on the CPU" }).waitFor();
    const result = await difference(await savedPng(), chelsea);
    expect(result).toMatchObject({ width: 451, height: 300 });
    expect(result.rms).toBeGreaterThan(0);
    expect(result.rms).toBeLessThan(8);
    await slider(page).focus();
    await page.keyboard.press("Home");
    expect(complaints).toEqual([]);
  });

  it("restores an old photo: repaired, in color, and larger", async () => {
    await open("#task=old-photo&with=bilinear&mode=test&backend=cpu&picture=chelsea");
    await restored(page);
    const result = await savedPng();
    expect(sizeOf(result)).toEqual([450, 300]);
    const colorful = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context?.drawImage(bitmap, 0, 0);
      const { data = [] } = context?.getImageData(0, 0, bitmap.width, bitmap.height) ?? {};
      let sum = 0;
      for (let at = 0; at < data.length; at += 4) sum += Math.abs((data[at] ?? 0) - (data[at + 2] ?? 0));
      return (sum * 4) / data.length;
    }, result.toString("base64"));
    expect(colorful, "mean difference of red and blue").toBeGreaterThan(3);
    expect(complaints).toEqual([]);
  });

  it("saves a report with the model's hash, a sheet, and many photos as a ZIP", async () => {
    await open("#with=bilinear,median-filter&backend=cpu");
    await restored(page);
    const report = JSON.parse((await downloaded(() => keep("Save a report as JSON"))).toString());
    const hash = createHash("sha256").update(readFileSync("dist/models/denoise-bilinear.onnx")).digest("hex");
    expect(report.results[0].steps).toMatchObject([{ model: "denoise-bilinear.onnx", sha256: hash }]);
    expect(report.results[0].backend).toBe("cpu");
    const [width = 0] = sizeOf(await downloaded(() => keep("Save a comparison sheet")));
    expect(width).toBeGreaterThan(2 * 451);
    const photos = ["cat.jpg", "dog.jpg"].map((name) => ({ name, type: "image/jpeg", bytes: chelsea }));
    await bring(page, "drop", photos);
    await page.getByText("2 files").waitFor();
    const files = unzipSync(
      new Uint8Array(await downloaded(() => page.getByRole("button", { name: "All, as a ZIP" }).click())),
    );
    expect(Object.keys(files)).toEqual(["cat-denoise.png", "dog-denoise.png"]);
    for (const file of Object.values(files)) expect(sizeOf(file)).toEqual([451, 300]);
  });

  it("scores a segmentation against a mask: its own output agrees completely", async () => {
    const classes = "background,border,pet,person";
    await open(`#task=segment&with=bilinear&mode=test&backend=cpu&labels=classes&classes=${classes}`);
    await restored(page);
    const mask = await savedPng();
    await page.locator("input#mask").setInputFiles({ name: "mask.png", mimeType: "image/png", buffer: mask });
    await shortcut(page, "t");
    await expect
      .poll(async () => (await tableRows(page))["U-Net · bilinear"]?.slice(0, 2))
      .toEqual(["100.0%", "100.0%"]);
    await bring(page, "drop", [{ name: "gray.png", type: "image/png", bytes: png(451, 300, (x) => (x < 9 ? 77 : 0)) }]);
    await notice(page).getByText("the pixel at 0, 0 of the mask is [77, 77, 77, 255]").waitFor({ state: "attached" });
    expect(complaints).toEqual([]);
  });

  it("refuses a result that does not fit in memory, and names a size that does", async () => {
    await open("#task=super-resolve-x2&with=bilinear&backend=cpu");
    await restored(page);
    await bring(page, "drop", [{ name: "huge.png", type: "image/png", bytes: png(6000, 4400, () => 90) }]);
    const sentence = await notice(page)
      .getByText(/A copy of \d+ × \d+ pixels fits/)
      .textContent();
    const [width = 0, height = 0] = [...(sentence ?? "").matchAll(/\d+/g)].map(Number);
    expect(4 * width * height).toBeLessThanOrEqual(100e6);
    expect(4 * width * height).toBeGreaterThan(94e6);
  });

  it("works offline on the next visit", async () => {
    const own = await serve(unpacked.folder, "/elsewhere/");
    ({ page, complaints } = await visit(browser, own.url + PLAIN, KEPT));
    await restored(page);
    const kept = () =>
      page.evaluate(async () => {
        const names = await caches.keys();
        const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
        const all = requests.flat().map(({ url }) => url);
        return [".wasm", "manifest.json", "samples/chelsea.jpg"].filter((end) => !all.some((url) => url.endsWith(end)));
      });
    await expect.poll(kept, { timeout: 30_000, message: "what is not kept yet" }).toEqual([]);
    own.close();
    await page.reload();
    await restored(page);
    await page.evaluate(() => (location.hash = "#lab/nearest"));
    await page.locator("lab-view h1").waitFor();
  }, 120_000); // two visits, each with a trial of a software GPU

  it("stops a run of ten seconds within 200 ms, in the worker and on the page", async () => {
    ({ page, complaints } = await visit(browser, "about:blank"));
    // Records when the page requests a stop, and when the worker answers that call.
    await page.addInitScript(() => {
      const times = { asked: 0, answered: 0, id: -1 };
      Object.assign(window, { times });
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (this: Worker, message: { id: number; abort?: true }) {
        if (message.abort) {
          Object.assign(times, { asked: performance.now(), id: message.id });
          this.addEventListener("message", ({ data }) => {
            if (data.id === times.id && ("error" in data || "result" in data)) times.answered = performance.now();
          });
        }
        post.call(this, message);
      } as typeof post;
    });
    await page.goto(site.url + PLAIN);
    await restored(page);
    await use("CPU");
    await restored(page);
    const large = png(5000, 4000, (x, y) => (x ^ y) & 255);
    await bring(page, "drop", [{ name: "large.png", type: "image/png", bytes: large }]);
    // A slow machine waits for Run, a fast one does not; the button may appear after the text.
    const running = async () => {
      if (await run(page).isVisible()) await run(page).click();
      return status(page).textContent();
    };
    await expect.poll(running, { timeout: 40_000 }).toMatch(/bilinear, [1-9]/);
    await stop(page).click();
    await run(page).waitFor();
    expect(await status(page).textContent()).toBe("Stopped");
    const times = () => page.evaluate(() => (window as unknown as { times: Record<string, number> }).times);
    await expect.poll(async () => (await times()).answered).toBeGreaterThan(0);
    const { asked = 0, answered = 0 } = await times();
    expect(answered - asked).toBeLessThan(200);
  }, 100_000);

  it("replaces a crashed engine, and restores the same photo again", async () => {
    await open();
    await restored(page);
    await bring(page, "drop", [{ name: "cat.jpg", type: "image/jpeg", bytes: chelsea }]);
    await named("cat.jpg").waitFor();
    await restored(page);
    await page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
    });
    await notice(page).getByText("The engine stopped unexpectedly").waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await restored(page);
    await named("cat.jpg").waitFor();
    expect((await difference(await savedPng(), chelsea)).rms).toBeLessThan(8);
  });
});

describe("on WebGPU", () => {
  it("restores a small photo like the CPU", async () => {
    await open();
    await restored(page);
    const small = png(64, 48, (x, y) => 60 + 2 * x + ((x * 7919 + y * 104729) % 31));
    await use("CPU");
    await bring(page, "drop", [{ name: "small.png", type: "image/png", bytes: small }]);
    await named("small.png").waitFor();
    await restored(page);
    const byCpu = await savedPng();
    await use("WebGPU");
    await status(page).filter({ hasText: "on WebGPU" }).waitFor();
    expect((await difference(await savedPng(), byCpu)).rms).toBeLessThan(0.5);
    expect(complaints).toEqual([]);
  });

  it("reports a missing GPU, and continues on the CPU", async () => {
    const without = await launch({ webgpu: false });
    try {
      ({ page, complaints } = await visit(without, site.url + PLAIN));
      await restored(page);
      await page.getByText("No GPU can be used here").waitFor();
      await page.getByRole("radio", { name: "WebGPU" }).check();
      await notice(page).getByText("WebGPU is not available").waitFor();
      await page.getByRole("button", { name: "Use the CPU" }).click();
      await restored(page);
    } finally {
      await without.close();
    }
  });
});

describe("the user's photo", () => {
  it("gets a proposal for its need; cropping and resizing an enlarged result runs no network twice", async () => {
    await open();
    await restored(page);
    await use("CPU");
    await bring(page, "drop", [
      { name: "grandpa.jpg", type: "image/jpeg", bytes: readFileSync("public/samples/camera.jpg") },
    ]);
    const proposal = page.locator("up-proposal");
    await proposal.getByText("This looks black and white.").waitFor();
    await proposal.getByRole("button", { name: "Colorize" }).click();
    await restored(page);
    expect(await page.getByRole("radio", { name: "Colorize", exact: true }).isChecked()).toBe(true);
    await page.getByRole("button", { name: "Crop and rotate" }).click();
    const dialog = page.getByRole("dialog", { name: "Crop and rotate" });
    for (const [name, value] of [
      ["Width", "200"],
      ["Height", "120"],
    ] as const) {
      await dialog.getByRole("spinbutton", { name }).fill(value);
      await page.keyboard.press("Tab");
    }
    await dialog.getByRole("button", { name: "Rotate right" }).click();
    await dialog.getByRole("button", { name: "Use this part" }).click();
    await page.getByText("120 × 200").waitFor();
    await restored(page);
    await page.getByRole("radio", { name: "Enlarge ×2" }).check();
    await restored(page);
    const field = page.getByRole("spinbutton", { name: "Width" });
    const before = await field.inputValue();
    await field.fill("0");
    await page.keyboard.press("Enter");
    await expect.poll(() => field.inputValue()).toBe(before);
    await field.fill("300");
    await page.keyboard.press("Tab");
    await restored(page);
    const savedSize = async () => {
      const png = await savedPng();
      return [png.readUInt32BE(16), png.readUInt32BE(20)];
    };
    await expect.poll(savedSize).toEqual([300, 500]);
    expect(complaints).toEqual([]);
  });
});

describe("broken and unusual files", () => {
  const pictures: Record<string, "picture" | "sentence"> = {
    "truncated.jpg": "picture", // the decodable part
    "truncated.png": "picture",
    "lying-size.png": "sentence",
    "empty.png": "sentence",
    "bomb.svg": "sentence",
    "animated.gif": "picture",
    "cmyk.jpg": "picture",
    "1x1.png": "picture",
    "20000x1.png": "picture",
    "rgb-16.png": "picture",
    "wrong-extension.jpg": "picture",
    "text.jpg": "sentence",
    "photo.heic": "sentence",
    "photo.avif": "sentence",
  };
  const folder = "../tests/fixtures/pictures";

  it("pictures end in a picture or a message, and the page keeps working", async () => {
    await open();
    await restored(page);
    await use("CPU");
    await restored(page);
    for (const [name, expected] of Object.entries(pictures)) {
      await bring(page, "drop", [{ name, bytes: readFileSync(`${folder}/${name}`) }]);
      if (expected === "picture") {
        await named(name).waitFor();
        await restored(page);
        const incomplete = notice(page).getByText(/^This (JPEG|PNG) file is incomplete: the lower \d+% of the picture/);
        expect(await incomplete.count(), name).toBe(name.startsWith("truncated") ? 1 : 0);
        continue;
      }
      await notice(page).locator("p").first().waitFor();
      expect(await named(name).count(), name).toBe(0);
      await page.getByRole("button", { name: "Dismiss" }).click();
    }
    await page.getByRole("radio", { name: "A cup of coffee" }).check();
    await named("A cup of coffee").waitFor();
    await restored(page);
  });

  it("HEIC is named if neither the engine nor the browser reads it", async () => {
    await open();
    await restored(page);
    await bring(page, "drop", [{ name: "photo.heic", bytes: readFileSync(`${folder}/photo.heic`) }]);
    await notice(page).getByText("the file is HEIC").waitFor();
  });

  it("AVIF is decoded by the browser", async () => {
    await open();
    await restored(page);
    await bring(page, "drop", [{ name: "gradient.avif", bytes: readFileSync("tests/page/gradient.avif") }]);
    await named("gradient.avif 32 × 24").waitFor();
    await restored(page);
  });

  it("models end in a message, and a valid one runs after them", async () => {
    await open();
    await restored(page);
    const shipped = readFileSync("dist/models/denoise-bilinear.onnx");
    const broken: Bytes[] = [
      { name: "empty.onnx", bytes: new Uint8Array() },
      { name: "text.onnx", bytes: new TextEncoder().encode("not a model") },
      { name: "cut.onnx", bytes: shipped.subarray(0, shipped.length / 2) },
    ];
    for (const file of broken) {
      await bring(page, "drop", [file]);
      await notice(page).locator("p").first().waitFor();
      await page.getByRole("button", { name: "Dismiss" }).click();
    }
    await bring(page, "drop", [{ name: "mine.onnx", bytes: shipped }]);
    await method(page, "mine.onnx").waitFor();
    await restored(page);
  });

  it("a model in two files: names the missing one, runs with both", async () => {
    const fixture = "../tests/fixtures/nets/external_data.safetensors";
    const model = { name: "unet.onnx", bytes: bytesIn(fixture, "weights in a second file/model") };
    const data = {
      name: "unet.onnx.data",
      bytes: bytesIn(fixture, "weights in a second file/external/unet.onnx.data"),
    };
    await open();
    await restored(page);
    // The model takes pictures only of this size.
    await bring(page, "drop", [{ name: "small.png", bytes: png(20, 16, (x, y) => 8 * x + 4 * y) }]);
    await named("small.png").waitFor();
    await restored(page);
    await bring(page, "drop", [model]);
    await notice(page).getByText("second file that is missing").waitFor();
    await notice(page).getByText("unet.onnx.data").waitFor();
    await bring(page, "drop", [data, model]);
    // Its file does not declare its output.
    await page.getByRole("radio", { name: "Picture" }).first().check();
    await page.getByRole("button", { name: "Use it" }).click();
    await method(page, "unet.onnx").waitFor();
    await restored(page);
  });

  it("a folder with a model and its weights in a subfolder is used as it is", async () => {
    await open();
    await restored(page);
    await dropFromDisk(page, resolve("../tests/fixtures/cases/onnx/external-data-in-subfolder"));
    await page.getByRole("button", { name: "Use it" }).click(); // its file does not declare its output
    await method(page, "model.onnx").waitFor();
    await restored(page);
    expect(await method(page, "model.onnx").isChecked()).toBe(true);
    expect(await notice(page).textContent()).toBe("");
  });
});
