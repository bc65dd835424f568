import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import {
  bring,
  expectAccessible,
  meanColor,
  method,
  named,
  notice,
  restored,
  run,
  shortcut,
  status,
  stop,
  tableRows,
} from "./browser";
import { chelsea, FakePage, photo } from "./fake-page";

/** Files from the user, and the run that follows. */

const at = new FakePage();
let page: Page;

async function open(options?: BrowserContextOptions, hash?: string): Promise<void> {
  page = await at.open(options, hash);
}

const engine = (behavior: Record<string, unknown>) => at.engine(behavior);

describe("opening a photo", () => {
  const taken = () => named(page, "cat.jpg").waitFor();

  it("by drop", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await taken();
    await restored(page);
    expect(at.complaints).toEqual([]);
  });

  it("by a drop on a view that does not take photos", async () => {
    page = await at.visit("#lab/bilinear");
    await page.locator("lab-view").waitFor();
    await bring(page, "drop", [photo]);
    await taken();
    await restored(page);
    expect(at.complaints).toEqual([]);
  });

  it("by paste", async () => {
    await open();
    await bring(page, "paste", [photo]);
    await taken();
  });

  it("by choosing a file", async () => {
    await open();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Open photo" }).first().click();
    await (await chooser).setFiles({ name: "cat.jpg", mimeType: "image/jpeg", buffer: chelsea });
    await taken();
  });

  it("uses the user's photo as it is", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await taken();
    expect(await page.getByRole("radio", { name: "Use photo as is" }).isChecked()).toBe(true);
  });

  it("reports a file that is no picture, and keeps everything as it was", async () => {
    await open();
    await bring(page, "drop", [{ name: "notes.jpg", type: "image/jpeg", bytes: new TextEncoder().encode("hello") }]);
    await notice(page).getByText("or it is not a picture").waitFor();
    await notice(page).getByText("notes.jpg").waitFor();
    expect(await page.getByRole("radio", { name: "Chelsea the cat" }).isChecked()).toBe(true);
    await page.getByRole("radio", { name: "A cup of coffee" }).check();
    await named(page, "A cup of coffee").waitFor();
    await restored(page);
    expect(await notice(page).textContent()).toBe("");
  });

  it("explains a drop that holds a link and no file", async () => {
    await open();
    await bring(page, "drop", []);
    await notice(page).getByText("sent a link, not a picture").waitFor();
  });
});

describe("models", () => {
  it("takes an own ONNX file, and returns to the shipped one", async () => {
    await open();
    await bring(page, "drop", [{ name: "mine.onnx", bytes: new Uint8Array(2000) }]);
    await method(page, "mine.onnx").waitFor();
    await restored(page);
    expect(await method(page, "mine.onnx").isChecked()).toBe(true);
    await page.reload(); // the files stay on this device
    await restored(page);
    expect(await method(page, "mine.onnx").isChecked()).toBe(true);
    await page.getByRole("button", { name: "Remove your model" }).click();
    await method(page, "mine.onnx").waitFor({ state: "detached" });
    await restored(page);
  });

  /** A network with one undeclared channel from a sigmoid. */
  const sigmoid = { name: "student.onnx", bytes: new Uint8Array([1, 80, 0, 0, 1, 1, 0, 0]) };
  const question = () => page.getByRole("dialog", { name: "What does student.onnx output?" });

  it("asks once what an undeclared output is, previews each interpretation, and offers the lines for the file", async () => {
    await open();
    await bring(page, "drop", [sigmoid]);
    await question().waitFor();
    expect(await question().getByRole("radio", { name: "Mask" }).isChecked(), "the likeliest").toBe(true);
    await expect.poll(() => question().locator("up-bitmap").count()).toBe(2);
    await question().getByText("Lines that write this").click();
    expect(await question().locator("pre").textContent()).toContain(`("output", '{"color":"mask"}'),`);
    await expectAccessible(page);
    await question().getByRole("button", { name: "Use it" }).click();
    await restored(page);
    // A classifier is no restorer: the photo is used as it is, and nothing is scored in decibels.
    expect(await page.getByRole("radio", { name: "Segment" }).isChecked()).toBe(true);
    expect(await page.getByRole("radio", { name: "Use photo as is" }).isChecked()).toBe(true);
    await page.getByRole("checkbox", { name: "object" }).waitFor();
    await page.reload();
    await restored(page);
    await page.getByText("Output: Mask.").waitFor();
    await bring(page, "drop", [{ ...sigmoid, name: "renamed.onnx" }]);
    await method(page, "renamed.onnx").waitFor();
    await restored(page);
    await page.getByText("Output: Mask.").waitFor();
    await page.getByRole("button", { name: "Change, or write it into the file" }).click();
    await page.getByRole("radio", { name: "Picture" }).check();
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByText("Output: Picture.").waitFor();
    expect(at.complaints).toEqual([]);
  });

  it("treats many undeclared channels as classes without asking, and uses no network with an open question", async () => {
    await open();
    await bring(page, "drop", [{ name: "voc.onnx", bytes: new Uint8Array([1, 80, 0, 0, 21, 0, 0, 0]) }]);
    await method(page, "voc.onnx").waitFor();
    await restored(page);
    const classes = page.getByRole("group", { name: "Classes shown" }).getByRole("checkbox");
    expect(await classes.count()).toBe(21);
    expect(await classes.first().isChecked(), "the background").toBe(false);
    await bring(page, "drop", [sigmoid]);
    await question().waitFor();
    await page.keyboard.press("Escape");
    await status(page).filter({ hasText: "Stopped" }).waitFor();
    expect(await method(page, "student.onnx").count()).toBe(0);
    await method(page, "voc.onnx").waitFor();
  });

  it("keeps the model it has when a file is broken", async () => {
    await open();
    await bring(page, "drop", [{ name: "mine.onnx", bytes: new Uint8Array(1) }]);
    await notice(page).getByText("not a usable ONNX model").waitFor();
    await notice(page).getByText("the file ends early").waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Dismiss" }).click();
    await run(page).click();
    await restored(page);
  });
});

describe("running", () => {
  it("shows real progress and stops at once", async () => {
    await open();
    await engine({ tileDelay: 300 });
    await run(page).click();
    await status(page)
      .filter({ hasText: /bilinear, [1-9]/ })
      .waitFor();
    const bar = page.getByRole("progressbar", { name: "Progress" });
    expect(Number(await bar.getAttribute("aria-valuenow"))).toBeGreaterThan(0);
    const painted = await meanColor(page, "after");
    const milliseconds = await page.evaluate(async () => {
      const actions = document.querySelector("up-app")?.shadowRoot?.querySelector("up-actions");
      const began = performance.now();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, composed: true }));
      while (actions && "activity" in actions && actions.activity) await new Promise((resolve) => setTimeout(resolve));
      return performance.now() - began;
    });
    expect(milliseconds).toBeLessThan(200);
    await run(page).waitFor();
    expect(await status(page).textContent()).toBe("Stopped");
    expect(await meanColor(page, "after"), "finished tiles stay").toEqual(painted);
    await engine({ tileDelay: 1 });
    await run(page).click();
    await restored(page);
  });

  it("shows no numbers of the last run after a stop", async () => {
    await open({}, "#with=nearest,bilinear&layout=grid");
    await shortcut(page, "t");
    const figures = async () => {
      const rows = Object.entries(await tableRows(page)).filter(([name]) => /^U-Net/.test(name));
      return rows.map(([, [psnr]]) => psnr);
    };
    await expect.poll(figures).toEqual([expect.stringMatching(/dB/), expect.stringMatching(/dB/)]);
    await engine({ tileDelay: 300 });
    await shortcut(page, "r");
    await status(page)
      .filter({ hasText: /nearest, [1-9]/ })
      .waitFor();
    await page.keyboard.press("Escape");
    await run(page).waitFor();
    expect(await figures()).toEqual([expect.not.stringMatching(/dB/), expect.not.stringMatching(/dB/)]);
  });

  it("shows no result of another input after a stop, and says that there is none", async () => {
    await open();
    await engine({ tileDelay: 5000 });
    await page.getByRole("slider", { name: "Noise level" }).fill("10");
    await status(page).filter({ hasText: "bilinear, 0" }).waitFor();
    await stop(page).click();
    await page.locator("up-wipe .failures").getByText("Not computed yet").waitFor();
    await shortcut(page, "g");
    await page.locator("up-grid .failure").getByText("Not computed yet").waitFor();
    await engine({ tileDelay: 1 });
    await run(page).click();
    await restored(page);
    expect(await page.locator(".failure").count()).toBe(0);
  });

  it("runs filters before slow networks, and dims the input until a method has a result", async () => {
    await open({}, "#with=bilinear&layout=grid");
    await engine({ tileDelay: 1500 });
    await page.evaluate(() => (location.hash = "#with=nearest,bilinear,median-filter&layout=grid&picture=chelsea"));
    const cell = (name: string) => page.locator("up-grid .cell").filter({ hasText: name });
    await cell("U-Net · nearest").getByText("Computing").waitFor();
    const opacity = (name: string) =>
      cell(name)
        .locator(".dim")
        .evaluateAll((dim) => dim.map((one) => getComputedStyle(one).opacity));
    expect(await opacity("U-Net · nearest")).toEqual(["0.3"]);
    expect(await opacity("Median")).toEqual([]);
    expect(await cell("Median").locator("up-tag span").first().textContent()).toMatch(/sec|dB/);
    await engine({ tileDelay: 1 });
    await restored(page);
    expect(await page.locator("up-grid .dim").count()).toBe(0);
  });

  it("computes the visible part first", async () => {
    await open();
    await page.evaluate(() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (this: Worker, message: { call?: string; args?: { near?: object } }) {
        if (message.call === "process") Object.assign(window, { near: message.args?.near });
        post.call(this, message);
      } as typeof post;
    });
    const box = await page.locator("up-compare").boundingBox();
    if (!box) return expect.unreachable();
    await page.mouse.move(box.x + box.width - 60, box.y + box.height - 90); // the lower right of the picture
    for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, -600);
    await run(page).click();
    await restored(page);
    const near = await page.evaluate(() => (window as unknown as { near: { x: number; y: number } }).near);
    expect(near.x).toBeGreaterThan(350);
    expect(near.y).toBeGreaterThan(220);
  });

  it("runs again when the noise is changed", async () => {
    await open();
    await page.getByRole("slider", { name: "Noise level" }).fill("10");
    await stop(page).waitFor();
    await restored(page);
    expect(at.complaints).toEqual([]);
  });

  it("continues on the CPU when the GPU is lost, and says so", async () => {
    await open();
    await page.getByText("Running on WebGPU").waitFor();
    await engine({ loseGpu: true });
    await run(page).click();
    await page.getByText("Running on the CPU").waitFor();
    await notice(page).getByText("The GPU stopped during the run").waitFor();
    await status(page).filter({ hasText: "on the CPU" }).waitFor();
  });

  it("offers the CPU if there is no WebGPU", async () => {
    await open();
    await engine({ webgpu: false });
    await page.getByRole("radio", { name: "CPU" }).check();
    await page.getByRole("radio", { name: "WebGPU" }).check();
    await notice(page).getByText("WebGPU is not available").waitFor();
    await page.getByRole("button", { name: "Use the CPU" }).click();
    await page.getByText("Running on the CPU").waitFor();
    await restored(page);
  });

  it("replaces a crashed engine, keeps photo and settings, and runs again", async () => {
    await open();
    await bring(page, "drop", [photo]);
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    await engine({ tileDelay: 300 });
    await run(page).click();
    await stop(page).waitFor();
    await page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      });
    });
    await notice(page).getByText("The engine stopped unexpectedly").waitFor();
    expect(await page.locator("up-controls .name").textContent()).toContain("cat.jpg");
    await page.getByRole("button", { name: "Try again" }).click();
    await restored(page);
    expect(await notice(page).textContent()).toBe("");
  });
});
