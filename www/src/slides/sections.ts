/** The lecture in order; each section has its own address: `#slides/<id>`. */

import type { ConvView } from "../lab/lab";
import type { PresetId } from "../lab/presets";

export interface Section {
  id: SectionId;
  /** A worked example of the lab. */
  example?: { preset: PresetId; view?: ConvView };
  live?: "cross-entropy" | "l1" | "size" | "overlap" | "volume";
  /** Playground settings that demonstrate it on a photo. */
  photo?: string;
  /** Part of the address of another view that demonstrates it. */
  more?: `inspect?${string}` | `learn?${string}` | `gallery/${string}`;
}

const IDS = [
  "segmentation",
  "cross-entropy",
  "skip-connections",
  "nearest",
  "bilinear",
  "pixel-shuffle",
  "max-unpool",
  "transposed-conv-1",
  "transposed-conv-1-stamped",
  "transposed-conv-2",
  "transposed-conv-2-stamped",
  "transposed-conv-3",
  "transposed-conv-3-crop",
  "transposed-conv-3-output-padding",
  "sizes",
  "checkerboard",
  "applications",
  "l1",
  "denoising",
  "super-resolution",
  "denoising-survey",
  "multi-frame",
  "super-resolution-frameworks",
  "super-resolution-designs",
  "transformers",
  "volumes",
] as const;

export type SectionId = (typeof IDS)[number];

const CONTENT: Record<SectionId, Omit<Section, "id">> = {
  segmentation: { photo: "task=segment" },
  "cross-entropy": { live: "cross-entropy" },
  "skip-connections": {
    photo: "task=segment&with=bilinear,bilinear.noskip&layout=grid",
    more: "inspect?task=segment&model=bilinear&cut=enc1>cat1.concat&cut=enc2>cat2.concat",
  },
  nearest: { example: { preset: "nearest" } },
  bilinear: { example: { preset: "bilinear" } },
  "pixel-shuffle": { example: { preset: "pixel-shuffle" } },
  "max-unpool": {
    example: { preset: "max-unpool" },
    more: "inspect?task=denoise&model=max-unpool&node=pool1.maxpool&output=1",
  },
  "transposed-conv-1": { example: { preset: "transposed-conv-1" } },
  "transposed-conv-1-stamped": { example: { preset: "transposed-conv-1", view: "stamp" } },
  "transposed-conv-2": { example: { preset: "transposed-conv-2" } },
  "transposed-conv-2-stamped": { example: { preset: "transposed-conv-2", view: "stamp" } },
  "transposed-conv-3": { example: { preset: "transposed-conv-3", view: "stamp" } },
  "transposed-conv-3-crop": { example: { preset: "transposed-conv-3-crop", view: "stamp" } },
  "transposed-conv-3-output-padding": { example: { preset: "transposed-conv-3-output-padding", view: "stamp" } },
  sizes: { live: "size" },
  checkerboard: { live: "overlap", more: "learn?random=1" },
  applications: { photo: "task=colorize", more: "learn?step=500" },
  l1: { live: "l1", more: "inspect?task=denoise&model=bilinear" },
  denoising: { photo: "task=denoise&with=bilinear,mean-filter,median-filter&layout=grid" },
  "super-resolution": { photo: "task=super-resolve-x2" },
  "denoising-survey": {
    photo: "task=denoise&with=non-local-means-filter,dncnn,ffdnet,rednet,nafnet,noise2noise&layout=grid",
    more: "gallery/denoise",
  },
  "multi-frame": {
    photo:
      "task=super-resolve-x2&with=multi-frame-1-filter,multi-frame-4-filter,multi-frame-9-filter,multi-frame-16-filter&layout=grid",
  },
  "super-resolution-frameworks": {
    photo: "task=super-resolve-x4&with=pre-upsampling,post-upsampling,progressive,iterative-up-down&layout=grid",
    more: "gallery/super-resolve-x4?without=designs",
  },
  "super-resolution-designs": {
    photo:
      "task=super-resolve-x4&with=post-upsampling,residual,channel-attention,dense,recursive,multi-path&layout=grid",
    more: "gallery/super-resolve-x4?without=frameworks",
  },
  transformers: {
    photo: "task=segment&with=convolutions,trans-unet,u-netmer&layout=grid",
    more: "gallery/segment",
  },
  volumes: { live: "volume" },
};

export const SECTIONS: Section[] = IDS.map((id) => ({ id, ...CONTENT[id] }));
