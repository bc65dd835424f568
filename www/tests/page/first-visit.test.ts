import { expect, it } from "vitest";
import { expectAccessible, named, restored, run, status, tableRows } from "./browser";
import { FakePage, photo } from "./fake-page";

/** The first visit: a comparison with a visible difference, scores beside it, and a sentence. */

const at = new FakePage();

it("opens on two networks that differ, with the scores beside them, and explains once what to do", async () => {
  const page = await at.visit("");
  await restored(page);
  expect(await page.getByRole("radio", { name: "Enlarge ×2" }).isChecked()).toBe(true);
  const tags = await page.locator("up-wipe up-tag b").allTextContents();
  expect(tags).toEqual(["U-Net · transposed conv, as in the lecture", "U-Net · pixel shuffle"]);
  for (const cells of Object.values(await tableRows(page)).slice(0, 2)) expect(cells[5]).toMatch(/dB/); // the checkerboard
  const line = page.locator("up-proposal");
  await line.getByText("Two networks enlarged").waitFor();
  await expectAccessible(page);
  const chooser = page.waitForEvent("filechooser");
  await line.getByRole("button", { name: "Open photo" }).click();
  await (await chooser).setFiles({ name: photo.name, mimeType: photo.type, buffer: Buffer.from(photo.bytes) });
  await named(page, "cat.jpg").waitFor();
  await restored(page);
  expect(await line.count(), "once the pictures have changed").toBe(0);
  await page.goto(at.site.url);
  await page.reload();
  await restored(page);
  await run(page).waitFor();
  expect(await status(page).textContent()).toContain("Done in");
  expect(await line.count(), "on the next visit").toBe(0);
  expect(at.complaints).toEqual([]);
});

it("hides the table on a phone, where the pictures show their scores", async () => {
  const page = await at.visit("", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await restored(page);
  expect(await page.locator("up-results").isVisible()).toBe(false);
  expect(await page.locator("up-wipe up-tag").filter({ hasText: "dB" }).count()).toBe(2);
  await page.locator("up-proposal").getByRole("button", { name: "No, thanks" }).click();
  expect(await page.locator("up-proposal").count()).toBe(0);
});
