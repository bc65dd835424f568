export type Build = "relaxed" | "baseline";

/**
 * Fetches and compiles the engine; nothing else here may be used before. Later calls return the
 * first one's result. Resolves to the build in use: `relaxed` (fused multiply-add, results differ in
 * the last bits between machines) where the browser has relaxed SIMD, else `baseline` (SIMD128).
 *
 * @param options.build Asks for one build whatever the browser has.
 * @param options.fetch Fetches the wasm in place of the global `fetch`: with credentials, or from elsewhere.
 * @throws Where the files cannot be fetched, or the browser has no WebAssembly SIMD.
 */
export default function init(options?: { build?: Build; fetch?: (url: URL) => Promise<Response> }): Promise<Build>;

export * from "./baseline/unet_playground.js";
