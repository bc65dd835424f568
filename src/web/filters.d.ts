/** A filter by its name and its options. Equal seeds (whole numbers from 0) give equal damage, and a part of a
 *  picture has the damage of the whole. */
export type FilterSpec =
  /** x + n; `sigma` 0–255, of 255. `alike`: the same noise in all channels, here and below. */
  | { kind: "gaussian-noise"; sigma: number; alike?: boolean; seed?: number }
  /** Photon noise; white is `peak` photons, 1–255. */
  | { kind: "poisson"; peak: number; alike?: boolean; seed?: number }
  /** Pixels that turn white or black, each with half of `probability`, 0–1. */
  | { kind: "salt-and-pepper"; probability: number; seed?: number }
  /** x + x n; `sigma` 0–1. */
  | { kind: "speckle"; sigma: number; alike?: boolean; seed?: number }
  /** A camera's sensor, demosaiced and toned; `iso` 50–102,400. `quality` of the JPEG file it writes (4:2:0). */
  | { kind: "sensor"; iso: number; quality?: number; seed?: number }
  /** Saved as JPEG; `quality` 1–100, as libjpeg measures it. */
  | { kind: "jpeg"; quality: number; subsampling?: "420" | "444" }
  /** `wear` (scratches, specks, tears), `fading` and `sepia` 0–1; `blur` 0–20 pixels; `grain` 0–255, of 255;
   *  `quality` of the scan's JPEG file (4:2:0). */
  | { kind: "old-photo"; wear: number; fading?: number; sepia?: number; blur?: number; grain?: number; quality?: number; seed?: number }
  /** `sigma` 0.1–20 pixels; `noise` is the sigma of Gaussian noise upon it, here and below. */
  | { kind: "gaussian-blur"; sigma: number; noise?: number; seed?: number }
  /** `length` 1–60 pixels; `angle` in degrees, counterclockwise from the right. */
  | { kind: "motion"; length: number; angle: number; noise?: number; seed?: number }
  /** A disk of `radius` 0.5–20 pixels. */
  | { kind: "defocus"; radius: number; noise?: number; seed?: number }
  /** Antialiased bicubic, `scale` 1–8 times as small. What is left over at the right or the bottom is cut off. */
  | { kind: "downscale"; scale: number }
  /** Luma in all channels. */
  | { kind: "gray" }
  /** Black lines on white; `side`: those that a frame shows whose shorter side has so many pixels, at the
   *  picture's size. */
  | { kind: "edges"; side?: number }
  /** The mean of `side` × `side` pixels; odd, 1–31. */
  | { kind: "mean"; side: number }
  /** The median of `side` × `side` pixels; odd, 1–31. */
  | { kind: "median"; side: number }
  /** Bilateral filter. `sigma` of the noise it removes, 1–100, of 255, here and below; by default as it is estimated. */
  | { kind: "bilateral"; sigma?: number }
  /** Non-local means. */
  | { kind: "non-local-means"; sigma?: number }
  /** Luma stretched to the whole range, all channels by the same line. */
  | { kind: "autocontrast" }
  /** `sigma` 0.1–20 pixels, `amount` 0–10. */
  | { kind: "unsharp"; sigma: number; amount: number }
  /** `scale` 1–8 times as large. */
  | { kind: "upscale"; scale: number; interpolation: "nearest" | "bilinear" | "bicubic" | "lanczos3" }
  /** `scale` 1–8 times as large, by iterative back-projection. */
  | { kind: "back-projection"; scale: number }
  /** The picture reduced `frames` times, 1–16, by `scale`, 1–8, each time shifted by a fraction of a pixel, and made again
   *  out of these by multi-frame super-resolution. */
  | { kind: "multi-frame"; scale: number; frames: number; seed?: number }
  /** To exactly this size, in pixels; smaller ones are antialiased. */
  | { kind: "resize"; width: number; height: number; interpolation: "nearest" | "bilinear" | "bicubic" | "lanczos3" }
  /** Chroma of CIE L*a*b* times `factor`, 0–4. */
  | { kind: "saturation"; factor: number };

/** Kinds of filters that make a picture worse. */
export type DegradationKind =
  | "gaussian-noise"
  | "poisson"
  | "salt-and-pepper"
  | "speckle"
  | "sensor"
  | "jpeg"
  | "old-photo"
  | "gaussian-blur"
  | "motion"
  | "defocus"
  | "downscale"
  | "gray"
  | "edges";
