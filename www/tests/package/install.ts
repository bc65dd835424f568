import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Packs the package as npm would publish it, and installs it as npm would into copies of the projects. */

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const PROJECTS = at("npm/projects");
const FOLDER = join(process.env.CARGO_TARGET_DIR ?? at("target"), "npm-projects");
const QUIET = ["--no-audit", "--no-fund", "--loglevel=error"];

export const NAMES = ["plain", "module-worker", "vite", "react", "node"] as const;
export type Name = (typeof NAMES)[number];

/** Path of a project's copy. */
export const project = (name: Name): string => join(FOLDER, name);
/** Path of the package in a project. */
export const installed = (name: Name): string => join(project(name), "node_modules/unet-playground");

/** Runs a command in a folder; shows its output if it fails. */
export async function run(folder: string, command: string, ...args: string[]): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd: folder, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    const { stdout, stderr, message } = error as { stdout?: string; stderr?: string; message: string };
    throw new Error(`${command} ${args.join(" ")} in ${folder}: ${stdout}\n${stderr ?? message}`);
  }
}

export async function installAll(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const [{ filename }] = JSON.parse(await run(FOLDER, "npm", "pack", at("pkg"), "--json", "--silent")) as [
    { filename: string },
  ];
  const tarball = join(FOLDER, filename);
  const hash = createHash("sha256")
    .update(await readFile(tarball))
    .digest("hex");
  for (const name of NAMES) await install(name, tarball, hash);
}

/** Reinstalls only if the project's own packages or this one have changed. */
async function install(name: Name, tarball: string, hash: string): Promise<void> {
  const [source, folder] = [join(PROJECTS, name), project(name)];
  await mkdir(folder, { recursive: true });
  for (const old of await readdir(folder)) {
    if (!/^(node_modules|\.installed)$/.test(old)) await rm(join(folder, old), { recursive: true });
  }
  await cp(source, folder, {
    recursive: true,
    filter: (path) => !/node_modules|dist$/.test(path.slice(source.length)),
  });
  const mark = join(folder, ".installed");
  const wanted = `${hash} ${await readFile(join(folder, "package.json"), "utf8")}`;
  const had = await readFile(mark, "utf8").catch(() => "");
  if (had === wanted && existsSync(installed(name))) return;
  await run(folder, "npm", "install", tarball, "--no-save", "--no-package-lock", "--prefer-offline", ...QUIET);
  await writeFile(mark, wanted);
}
