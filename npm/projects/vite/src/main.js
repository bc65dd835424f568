import { restore } from "unet-playground";

const [input, progress, output, img] = ["input", "progress", "output", "img"].map((name) =>
  document.querySelector(name),
);

input.onchange = async () => {
  output.value = "";
  try {
    const onProgress = ({ fraction }) => (progress.value = fraction ?? 0);
    const { blob, width, height, milliseconds } = await restore(input.files[0], { task: "denoise", onProgress });
    img.src = URL.createObjectURL(blob);
    output.value = `${width} × ${height} in ${milliseconds.toFixed()} ms`;
  } catch (error) {
    output.value = `${error.code}: ${error.message}`;
  }
};
