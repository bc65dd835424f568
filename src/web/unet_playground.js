// The package's entry: one interface over two builds of the same engine.

/** The smallest module with a relaxed-SIMD instruction: f32x4.relaxed_madd on three splats. */
// prettier-ignore
const RELAXED_SIMD = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 19, 1, 17, 0,
  0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 0x02, 0x0b,
]);

const BUILDS = {
  relaxed: () => import("./relaxed/unet_playground.js"),
  baseline: () => import("./baseline/unet_playground.js"),
};

export let Engine, Model, Picture, upsample;

let loading;

export default function init({ build } = {}) {
  loading ??= load(build ?? (WebAssembly.validate(RELAXED_SIMD) ? "relaxed" : "baseline")).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(build) {
  const module = await BUILDS[build]();
  await module.default();
  ({ Engine, Model, Picture, upsample } = module);
  return build;
}
