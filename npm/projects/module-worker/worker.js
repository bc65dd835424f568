// Workers have no import maps, so the package is imported by path. The engine itself runs here; a page should leave it
// to a worker.
import init, { Engine } from "./node_modules/unet-playground/index.js";

const MODEL = "./node_modules/unet-playground/models/denoise-bilinear.onnx";

const ready = (async () => {
  await init();
  const engine = await Engine.create({ backend: "cpu" });
  const bytes = new Uint8Array(await (await fetch(MODEL)).arrayBuffer());
  return { engine, model: await engine.load(bytes) };
})();

self.onmessage = async ({ data: file }) => {
  try {
    const { engine, model } = await ready;
    const picture = await engine.decode(new Uint8Array(await file.arrayBuffer()));
    const result = await engine.process(picture, model);
    const { width, height } = result;
    self.postMessage({ blob: new Blob([result.encodePng()], { type: "image/png" }), width, height });
    picture.free();
    result.free();
  } catch (error) {
    self.postMessage({ message: `${error.code}: ${error.message}` });
  }
};
