import { useEffect, useRef, useState } from "react";
import { type RestoreProgress, restore } from "unet-playground";

/** Draws a restored photo tile by tile; choosing another stops the work on the last one. */
export function App() {
  const [file, setFile] = useState<File | null>(null);
  const [progress, setProgress] = useState<RestoreProgress | null>(null);
  const [told, setTold] = useState("");
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const target = canvas.current;
    const context = target?.getContext("2d");
    if (!file || !target || !context) return;
    const controller = new AbortController();
    const { signal } = controller;

    const draw = async (photo: File) => {
      setTold("");
      let size = { width: 0, height: 0 };
      for await (const tile of restore.stream(photo, { task: "denoise", signal, onProgress: setProgress })) {
        if (target.width !== tile.image.width || target.height !== tile.image.height) {
          Object.assign(target, tile.image);
        }
        size = tile.image;
        context.putImageData(new ImageData(tile.pixels, tile.width, tile.height), tile.x, tile.y);
      }
      setTold(`${size.width} × ${size.height}`);
    };
    draw(file).catch((error: Error) => signal.aborted || setTold(error.message));
    return () => controller.abort();
  }, [file]);

  return (
    <>
      <label>
        Photo <input type="file" accept="image/*" onChange={({ target }) => setFile(target.files?.[0] ?? null)} />
      </label>
      <progress value={progress?.fraction ?? 0} />
      <output>{told}</output>
      <canvas ref={canvas} />
    </>
  );
}
