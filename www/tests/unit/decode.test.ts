import { afterEach, expect, it, vi } from "vitest";
import { decode } from "../../../npm/src/decode";
import type { Engine } from "../../src/engine";
import { CallError } from "../../src/protocol";

/** Pictures that the engine cannot decode: falls back to the browser, and names the format if that fails, too. */

afterEach(() => vi.unstubAllGlobals());

const heic = new Blob(["heic"], { type: "image/heic" });
const refusal = new CallError("unsupported-picture", "HEIC pictures cannot be read");
const byBrowser = { width: 2, height: 1 };
const engine = (error: Error) =>
  ({
    decode: () => Promise.reject(error),
    pictureFromRgba: (rgba: Uint8Array) => ({ ...byBrowser, rgba: [...rgba] }),
  }) as unknown as Engine;

function browser(reads: boolean) {
  const asked = vi.fn(async () => {
    if (!reads) throw new DOMException("no", "InvalidStateError");
    return { ...byBrowser, close() {} };
  });
  vi.stubGlobal("createImageBitmap", asked);
  const data = new Uint8ClampedArray([1, 2, 3, 255, 4, 5, 6, 255]);
  vi.stubGlobal(
    "OffscreenCanvas",
    class {
      getContext = () => ({ drawImage() {}, getImageData: () => ({ data }) });
    },
  );
  return asked;
}

it("decodes a HEIC picture with the browser if that can", async () => {
  const asked = browser(true);
  const { picture, notices } = await decode(engine(refusal), heic);
  expect(asked).toHaveBeenCalledWith(heic);
  expect(picture).toMatchObject({ ...byBrowser, rgba: [1, 2, 3, 255, 4, 5, 6, 255] });
  expect(notices).toEqual([]);
});

it("names the format if the browser cannot", async () => {
  const asked = browser(false);
  await expect(decode(engine(refusal), heic)).rejects.toBe(refusal);
  expect(asked).toHaveBeenCalledOnce();
});

it("does not try the browser if the picture is too large", async () => {
  const asked = browser(true);
  await expect(decode(engine(new CallError("picture-too-large", "")), heic)).rejects.toMatchObject({
    code: "picture-too-large",
  });
  expect(asked).not.toHaveBeenCalled();
});
