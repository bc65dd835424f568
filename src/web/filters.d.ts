/** A filter's name with its options. Equal seeds (whole numbers from 0) give equal damage, and a region is
 *  damaged like the same region of the whole picture. */
export type FilterSpec =
  /** x + n; `sigma` 0–255, of 255. `alike`: the same noise in all channels, here and below. */
  | { kind: "gaussian-noise"; sigma: number; alike?: boolean; seed?: number }
  /** Photon noise; white corresponds to `peak` photons, 1–255. */
  | { kind: "poisson"; peak: number; alike?: boolean; seed?: number }
  /** Pixels turn white or black, each with half of `probability`, 0–1. */
  | { kind: "salt-and-pepper"; probability: number; seed?: number }
  /** x + x n; `sigma` 0–1. */
  | { kind: "speckle"; sigma: number; alike?: boolean; seed?: number }
  /** A camera's sensor with demosaicing and tone curve; `iso` 50–102,400. `quality` of its JPEG file
   *  (4:2:0). */
  | { kind: "sensor"; iso: number; quality?: number; seed?: number }
  /** JPEG compression; `quality` 1–100, on libjpeg's scale. */
  | { kind: "jpeg"; quality: number; subsampling?: "420" | "444" }
  /** An old print, scanned. `wear` (scratches, specks, tears), `fading` and `sepia` 0–1; `blur` 0–20
   *  pixels; `grain` 0–255, of 255; `quality` of the scan's JPEG file (4:2:0). */
  | { kind: "old-photo"; wear: number; fading?: number; sepia?: number; blur?: number; grain?: number; quality?: number; seed?: number }
  /** Gaussian blur. `sigma` 0.1–20 pixels; `noise` is the sigma of additional Gaussian noise, here and
   *  below. */
  | { kind: "gaussian-blur"; sigma: number; noise?: number; seed?: number }
  /** Motion blur. `length` 1–60 pixels; `angle` in degrees, counterclockwise from the right. */
  | { kind: "motion"; length: number; angle: number; noise?: number; seed?: number }
  /** Defocus by a disk of `radius` 0.5–20 pixels. */
  | { kind: "defocus"; radius: number; noise?: number; seed?: number }
  /** Antialiased bicubic reduction by `scale` 1–8. Remaining pixels at the right and the bottom are
   *  cropped. */
  | { kind: "downscale"; scale: number }
  /** Luma in all channels. */
  | { kind: "gray" }
  /** Edges as black lines on white. `side`: shorter side of the frame whose edges are drawn at the
   *  picture's size. */
  | { kind: "edges"; side?: number }
  /** The mean of `side` × `side` pixels; odd, 1–31. */
  | { kind: "mean"; side: number }
  /** The median of `side` × `side` pixels; odd, 1–31. */
  | { kind: "median"; side: number }
  /** Bilateral filter. `sigma` of the noise to remove, 1–100, of 255, here and below; estimated by default. */
  | { kind: "bilateral"; sigma?: number }
  /** Non-local means. */
  | { kind: "non-local-means"; sigma?: number }
  /** Stretches luma to the full range, with the same linear map for all channels. */
  | { kind: "autocontrast" }
  /** Unsharp mask. `sigma` 0.1–20 pixels, `amount` 0–10. */
  | { kind: "unsharp"; sigma: number; amount: number }
  /** Enlargement by `scale` 1–8. */
  | { kind: "upscale"; scale: number; interpolation: "nearest" | "bilinear" | "bicubic" | "lanczos3" }
  /** Enlargement by `scale` 1–8 with iterative back-projection. */
  | { kind: "back-projection"; scale: number }
  /** Multi-frame super-resolution from `frames` (1–16) simulated reductions of the picture by `scale`
   *  (1–8), each shifted by a fraction of a pixel. */
  | { kind: "multi-frame"; scale: number; frames: number; seed?: number }
  /** Resizing to exactly this size, in pixels; antialiased when smaller. */
  | { kind: "resize"; width: number; height: number; interpolation: "nearest" | "bilinear" | "bicubic" | "lanczos3" }
  /** Scales chroma of CIE L*a*b* by `factor`, 0–4. */
  | { kind: "saturation"; factor: number };

/** Kinds of filters that degrade a picture. */
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
