import { readFileSync } from "node:fs";
import init, { Engine, type Picture } from "../../../pkg/baseline/unet_playground";

/** A noisy picture and the engine's own result for it, the reference for every way to use the package. */

const at = (path: string) => new URL(`../../../${path}`, import.meta.url);

export interface Trial {
  /** The noisy picture, a PNG file. */
  noisy: Buffer;
  width: number;
  height: number;
  /**
   * How much closer to the clean picture a file is than the noisy one, and how close to the engine's own result; in dB.
   */
  judge(file: Uint8Array): Promise<{ gain: number; likeness: number; width: number; height: number }>;
  engine: Engine;
}

/** `side`: of the square cropped from a photo. */
export async function trial(side = 96): Promise<Trial> {
  await init({ module_or_path: readFileSync(at("pkg/baseline/unet_playground_bg.wasm")) });
  const engine = await Engine.create({ backend: "cpu" });
  const photo = await engine.decode(readFileSync(at("www/public/samples/chelsea.jpg")));
  const clean = photo.cut(100, 60, side, side, 0, false);
  const noisy = await engine.filter(clean, { kind: "gaussian-noise", sigma: 25, seed: 1 });
  const model = await engine.load(readFileSync(at("models/denoise-bilinear.onnx")));
  const wanted = await engine.process(noisy, model);
  const psnr = async (picture: Picture, reference: Picture) => (await engine.score(picture, reference)).psnr;
  const before = await psnr(noisy, clean);
  return {
    noisy: Buffer.from(noisy.encodePng()),
    width: side,
    height: side,
    engine,
    async judge(file) {
      const picture = await engine.decode(file);
      const { width, height } = picture;
      const likeness = Math.min(99, await psnr(picture, wanted));
      return { gain: (await psnr(picture, clean)) - before, likeness, width, height };
    },
  };
}

/** Minimum gain of the network on this picture, and minimum agreement between two builds of the engine; in dB. */
export const GAIN = 5;
export const LIKENESS = 50;
