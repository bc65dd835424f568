import { crc32, deflateSync } from "node:zlib";

/** A PNG file made here: gray levels by `level(x, y)`, 8 or 16 bits. */
export function png(width: number, height: number, level: (x: number, y: number) => number, depth: 8 | 16 = 8): Buffer {
  const bytes = depth / 8;
  const rows = Buffer.alloc(height * (1 + width * bytes));
  for (let y = 0, at = 0; y < height; y++) {
    at++; // the row's filter: none
    for (let x = 0; x < width; x++, at += bytes) rows.writeUIntBE(level(x, y), at, bytes);
  }
  return file(header(width, height, depth), deflateSync(rows, { level: 1 }));
}

/** A PNG whose header promises more pixels than any file holds. */
export function lyingPng(width: number, height: number): Buffer {
  return file(header(width, height, 8), deflateSync(Buffer.alloc(100)));
}

/** Two frames of one pixel, red and then blue. */
export function animatedGif(): Buffer {
  const frame = (colour: number) => [
    ...[0x21, 0xf9, 4, 0, 10, 0, 0, 0],
    ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0],
    ...[2, 2, 0x44 + 8 * colour, 1, 0],
  ];
  const palette = [255, 0, 0, 0, 0, 255];
  return Buffer.from([...Buffer.from("GIF89a"), 1, 0, 1, 0, 0x80, 0, 0, ...palette, ...frame(0), ...frame(1), 0x3b]);
}

function header(width: number, height: number, depth: number): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt32BE(width, 0);
  bytes.writeUInt32BE(height, 4);
  bytes[8] = depth;
  return bytes;
}

function file(header: Buffer, pixels: Buffer): Buffer {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
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
