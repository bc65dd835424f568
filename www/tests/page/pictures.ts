import { readFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";

/** A gray PNG file with levels from `level(x, y)`. */
export function png(width: number, height: number, level: (x: number, y: number) => number): Buffer {
  const rows = Buffer.alloc(height * (1 + width));
  for (let y = 0, at = 0; y < height; y++) {
    at++; // no filter in this row
    for (let x = 0; x < width; x++) rows[at++] = level(x, y);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixels = deflateSync(rows, { level: 1 });
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A tensor of bytes in a safetensors file. */
export function bytesIn(path: string, name: string): Buffer {
  const file = readFileSync(path);
  const start = 8 + Number(file.readBigUInt64LE(0));
  const index = JSON.parse(file.toString("utf8", 8, start)) as Record<string, { data_offsets: [number, number] }>;
  const [from, to] = index[name]?.data_offsets ?? [0, 0];
  return file.subarray(start + from, start + to);
}
