// node restore.mjs TASK PICTURE RESULT.png
import { writeFile } from "node:fs/promises";
import { restore } from "unet-playground";

const [task, picture, result] = process.argv.slice(2);
const { blob, width, height, milliseconds } = await restore(picture, { task });
await writeFile(result, new Uint8Array(await blob.arrayBuffer()));
console.log(`${width} × ${height} in ${milliseconds.toFixed()} ms`);
