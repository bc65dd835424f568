import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

export interface Site {
  url: string;
  close(): void;
}

/**
 * Serves a folder below `prefix` like the simplest static host: nothing at other paths, no headers except those given.
 */
export async function serve(folder: string, prefix = "/", headers: Record<string, string> = {}): Promise<Site> {
  const server: Server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://host").pathname);
    const inside = normalize(path.slice(prefix.length) || "index.html");
    const body = path.startsWith(prefix) && !inside.startsWith("..") ? await read(join(folder, inside)) : null;
    if (!body) return response.writeHead(404).end();
    const type = TYPES[extname(inside)] ?? "application/octet-stream";
    response.writeHead(200, { ...headers, "Content-Type": type, "Content-Length": body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}${prefix}`, close };
}

function read(file: string): Promise<Buffer | null> {
  return readFile(file).catch(() => null);
}
