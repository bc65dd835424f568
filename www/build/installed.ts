import type { Plugin } from "vite";
import en from "../src/i18n/en.json" with { type: "json" };

/** Extensions of the files that the page opens, by type; browsers ask for both. */
const OPENED = {
  "image/png": [".png"],
  "image/jpeg": [".jpg", ".jpeg", ".jfif"],
  "image/webp": [".webp"],
  "image/gif": [".gif"],
  "image/bmp": [".bmp"],
  "image/tiff": [".tif", ".tiff"],
  "image/avif": [".avif"],
  "image/heic": [".heic", ".heif"],
  "application/octet-stream": [".onnx"],
};
const SURFACE = "#fcfbf9";

/** The web app manifest; addresses are relative to the page's folder. */
export function appManifest(): object {
  const png = (name: string, side: number, purpose = "any") => ({
    src: `./${name}.png`,
    sizes: `${side}x${side}`,
    type: "image/png",
    purpose,
  });
  return {
    name: en["app.name"],
    short_name: "U-Net",
    description: en["app.description"],
    lang: "en",
    start_url: "./",
    scope: "./",
    display: "standalone",
    background_color: SURFACE,
    theme_color: SURFACE,
    categories: ["photo", "education"],
    icons: [
      { src: "./icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
      png("icon-192", 192),
      png("icon-512", 512),
      png("icon-maskable-512", 512, "maskable"),
    ],
    // The service worker handles POST requests there.
    share_target: {
      action: "./share",
      method: "POST",
      enctype: "multipart/form-data",
      params: { files: [{ name: "files", accept: ["image/*", ".onnx"] }] },
    },
    file_handlers: [{ action: "./", accept: OPENED }],
  };
}

/** Writes the web app manifest. */
export function installed(): Plugin {
  return {
    name: "installed",
    apply: "build",
    transformIndexHtml: () => [
      { tag: "link", attrs: { rel: "manifest", href: "./manifest.webmanifest" }, injectTo: "head" },
      { tag: "link", attrs: { rel: "apple-touch-icon", href: "./icon-apple-180.png" }, injectTo: "head" },
    ],
    generateBundle() {
      const source = `${JSON.stringify(appManifest(), null, 2)}\n`;
      this.emitFile({ type: "asset", fileName: "manifest.webmanifest", source });
    },
  };
}
