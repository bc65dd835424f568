// The two builds of the engine.

export const builds = {
  relaxed: {
    load: () => import("./relaxed/unet_playground.js"),
    wasm: new URL("./relaxed/unet_playground_bg.wasm", import.meta.url),
  },
  baseline: {
    load: () => import("./baseline/unet_playground.js"),
    wasm: new URL("./baseline/unet_playground_bg.wasm", import.meta.url),
  },
};
