/** What the page uses of the engine package (`pkg/`, built from `src/web.rs`). Only the worker calls it. */

export type BackendChoice = "auto" | "webgpu" | "cpu";
export type BackendName = "webgpu" | "cpu";

/** A rectangle in picture pixels, origin at the top left. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface EngineModule {
  /** Fetches and compiles the wasm build that this browser runs best. */
  default(): Promise<unknown>;
  Engine: {
    create(options: { backend: BackendChoice }): Promise<Engine>;
  };
}

export interface Engine {
  readonly backend: BackendName;
  /** Why this backend was chosen. */
  readonly backendReason: string;
  load(bytes: Uint8Array, options?: { externalData?: Record<string, Uint8Array> }): Promise<Model>;
  decode(bytes: Uint8Array): Promise<Picture>;
  pictureFromRgba(rgba: Uint8Array, width: number, height: number): Picture;
  /** Adds Gaussian noise; `sigma` in steps of 255; equal seeds give equal noise. */
  addNoise(picture: Picture, options: { sigma: number; seed: number }): Picture;
  estimate(picture: Picture, model: Model): Estimate;
  process(picture: Picture, model: Model, options: ProcessOptions): Promise<Picture>;
  free(): void;
}

export interface Model {
  readonly metadata: Record<string, string>;
  free(): void;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  /** RGBA of a region. */
  pixels(x: number, y: number, width: number, height: number): Uint8ClampedArray;
  thumbnail(maxSide: number): Picture;
  encodePng(): Uint8Array;
  free(): void;
}

export interface Estimate {
  tiles: number;
  peakBytes: number;
  flops: number;
  fits: boolean;
}

export interface ProcessOptions {
  signal: AbortSignal;
  onTile(tile: Rect & { pixels: Uint8ClampedArray }): void;
  onProgress(progress: { fraction: number; tilesDone: number; tiles: number }): void;
}
