/** What the page uses of the engine package (`pkg/`, built from `src/web.rs`). Only the worker calls it. */

export type BackendChoice = "auto" | "webgpu" | "cpu";
export type BackendName = "webgpu" | "cpu";
export type ReasonCode = "asked" | "no-gpu" | "software-gpu" | "wrong-results" | "slower" | "faster" | "gave-up";

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
  /** Why it runs there, as an identifier and as a sentence. Changes when a GPU gives up in mid-run. */
  readonly backendReasonCode: ReasonCode;
  readonly backendReason: string;
  load(bytes: Uint8Array, options?: { externalData?: Record<string, Uint8Array> }): Promise<Model>;
  decode(bytes: Uint8Array): Promise<Picture>;
  pictureFromRgba(rgba: Uint8Array, width: number, height: number): Picture;
  /** Gaussian noise; `sigma` in steps of 255; equal seeds give equal noise. */
  filter(
    picture: Picture,
    kind: { kind: "gaussian-noise"; sigma: number; seed: number },
    options: { signal: AbortSignal },
  ): Promise<Picture>;
  estimate(picture: Picture, model: Model): Estimate;
  process(picture: Picture, model: Model, options: ProcessOptions): Promise<Picture>;
  free(): void;
}

export interface Model {
  /** `metadata_props` of the file. */
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
  /** False where `process` would be refused, and `reason` says why. */
  fits: boolean;
  reason?: string;
  /** Size of the result. */
  width: number;
  height: number;
  tiles: number;
  peakBytes: number;
  flops: number;
}

export interface ProcessOptions {
  signal: AbortSignal;
  /** A finished tile of the result. */
  onTile: (tile: Rect & { pixels: Uint8ClampedArray }) => void;
  onProgress: (progress: { fraction: number; tilesDone: number; tiles: number }) => void;
}
