import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { bring, dropFromDisk, expectAccessible, method, named, notice, restored, status, stop } from "./browser";
import { chelsea, FakePage, photo } from "./fake-page";

/** Many files, unusual names, folders: nothing is lost. */

const at = new FakePage();
let page: Page;

const open = async () => (page = await at.open());
const bytesOf = (name: string) => readFileSync(`../tests/fixtures/cases/batch/${name}`);
const model = { bytes: new Uint8Array([1, 80, 0, 0]) };

async function zip(): Promise<Record<string, Uint8Array>> {
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "All, as a ZIP" }).click();
  return unzipSync(new Uint8Array(readFileSync(await (await download).path())));
}

describe("one drop", () => {
  it("with names that differ only in extension or case gives a result for each, and names files that are no pictures", async () => {
    await open();
    const files = ["a.jpg", "a.png", "untyped"].map((name) => ({ name, bytes: bytesOf(name) }));
    const notes = { name: "notes.txt", type: "text/plain", bytes: new TextEncoder().encode("hello") };
    await bring(page, "drop", [
      notes,
      ...files,
      { name: "A.JPG", bytes: bytesOf("a.jpg") },
      { name: "._foo.png", type: "image/png", bytes: bytesOf("._foo.png") },
    ]);
    await named(page, "a.jpg").waitFor();
    await page.getByText("5 files").waitFor();
    const made = await zip();
    expect(Object.keys(made).sort()).toEqual([
      "A.JPG-denoise (2).png",
      "a.jpg-denoise.png",
      "a.png-denoise.png",
      "errors.txt",
      "untyped-denoise.png",
    ]);
    const errors = new TextDecoder().decode(made["errors.txt"]);
    expect(errors).toContain("notes.txt: ");
    expect(errors).not.toContain("._foo");
    expect(at.complaints).toEqual([]);
  });

  it("with one photo and another file opens the photo, and names the other", async () => {
    await open();
    await bring(page, "drop", [
      { name: "notes.txt", bytes: new TextEncoder().encode("hello") },
      { name: "untyped", bytes: bytesOf("untyped") },
    ]);
    await named(page, "untyped").waitFor();
    await notice(page).getByText("Skipped, not a picture: notes.txt").waitFor();
    await restored(page);
  });

  it("with only system files says that there is nothing to open", async () => {
    await open();
    await bring(page, "drop", [{ name: ".DS_Store", bytes: new Uint8Array(9) }]);
    await notice(page).getByText("No picture or model").waitFor();
  });

  it("with a model and photos uses it on them", async () => {
    await open();
    await bring(page, "drop", [photo, { name: "mine.onnx", ...model }, { ...photo, name: "dog.jpg" }]);
    await named(page, "cat.jpg").waitFor();
    await restored(page);
    expect(await method(page, "mine.onnx").isChecked()).toBe(true);
    expect(Object.keys(await zip())).toEqual(["cat-denoise.png", "dog-denoise.png"]);
  });

  it("with two models asks which one to use", async () => {
    await open();
    await bring(page, "drop", [{ name: "one.onnx", ...model }, { name: "two.onnx", ...model }, photo]);
    const dialog = page.getByRole("dialog", { name: "Which network?" });
    await dialog.getByRole("radio", { name: "two.onnx" }).check();
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Use it" }).click();
    await named(page, "cat.jpg").waitFor();
    await method(page, "two.onnx").waitFor();
    await restored(page);
    expect(await method(page, "one.onnx").count()).toBe(0);
    await bring(page, "drop", [
      { name: "one.onnx", ...model },
      { name: "three.onnx", ...model },
      { ...photo, name: "dog.jpg" },
    ]);
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await named(page, "dog.jpg").waitFor(); // the photo is not lost with the question
    expect(await method(page, "two.onnx").count()).toBe(1);
    expect(at.complaints).toEqual([]);
  });
});

describe("folders", () => {
  function trip(): { folder: string; beside: string; remove(): void } {
    const root = mkdtempSync(join(tmpdir(), "drop-"));
    const folder = join(root, "trip");
    mkdirSync(join(folder, "day 2"), { recursive: true });
    for (const name of ["a.jpg", "a.png", "untyped", "._foo.png"])
      cpSync(`../tests/fixtures/cases/batch/${name}`, join(folder, name));
    writeFileSync(join(folder, "day 2", "cat.jpg"), chelsea);
    writeFileSync(join(folder, "day 2", "Thumbs.db"), "x");
    const beside = join(root, "beside.jpg");
    writeFileSync(beside, chelsea);
    return { folder, beside, remove: () => rmSync(root, { recursive: true }) };
  }

  it("are opened with all of their content, together with files", async () => {
    await open();
    const { folder, beside, remove } = trip();
    await dropFromDisk(page, folder, beside);
    await page.getByText("5 files").waitFor();
    const made = await zip();
    remove();
    expect(Object.keys(made).sort()).toEqual([
      "beside-denoise.png",
      "trip/a.jpg-denoise.png",
      "trip/a.png-denoise.png",
      "trip/day 2/cat-denoise.png",
      "trip/untyped-denoise.png",
    ]);
    expect(at.complaints).toEqual([]);
  });

  it("report the number of files found, and are abandoned on a stop", async () => {
    await open();
    await page.evaluate(() => {
      // A folder without end, as slow as a network drive.
      const entry = (at: number) => ({
        isFile: true,
        isDirectory: false,
        name: `${at}.png`,
        fullPath: `/deep/${at}.png`,
        file: (give: (file: File) => void) => setTimeout(() => give(new File(["x"], `${at}.png`)), 60),
      });
      const readEntries = (give: (some: object[]) => void) => give(Array.from({ length: 1000 }, (_, at) => entry(at)));
      let turn = 0;
      const folder = {
        isFile: false,
        isDirectory: true,
        name: "deep",
        fullPath: "/deep",
        createReader: () => ({
          readEntries: (give: (some: object[]) => void) => (turn++ ? give([]) : readEntries(give)),
        }),
      };
      const event = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() });
      const data = {
        items: [{ kind: "file", webkitGetAsEntry: () => folder, getAsFile: () => null }],
        files: [],
        types: ["Files"],
        getData: () => "",
      };
      Object.defineProperty(event, "dataTransfer", { value: data });
      document.body.dispatchEvent(event);
    });
    await status(page)
      .filter({ hasText: /Looking for photos, [1-9]/ })
      .waitFor();
    await page.getByRole("radio", { name: "Deblur" }).check(); // applies to the files found, and does not end the search
    await status(page)
      .filter({ hasText: /Looking for photos, 1\d/ })
      .waitFor();
    await stop(page).click();
    await status(page).filter({ hasText: "Stopped" }).waitFor();
    await named(page, "Chelsea").waitFor();
    expect(at.complaints).toEqual([]);
  });
});
