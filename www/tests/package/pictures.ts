import { readFileSync } from "node:fs";
import init, { Engine, type Picture } from "../../../pkg/baseline/unet_playground";

/** A noisy picture, and what the engine itself makes of it: what every way to use the package is held against. */

const at = (path: string) => new URL(`../../../${path}`, import.meta.url);

export interface Trial {
  /** The noisy picture, a PNG file. */
  noisy: Buffer;
  width: number;
  height: number;
  /** How much nearer to the clean picture a file is than the noisy one, and how near to the engine's own result; dB. */
  judge(file: Uint8Array): Promise<{ gain: number; likeness: number; width: number; height: number }>;
  engine: Engine;
}

/** `side`: that of the square that is cut out of a photo. */
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

/** Decibels that the network gains at least on this picture, and by which two builds of the engine agree at least. */
export const GAIN = 5;
export const LIKENESS = 50;
