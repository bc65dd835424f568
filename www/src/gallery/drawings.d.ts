/** Made by `build/drawings.ts`: the drawing of every network of the manifest, by file. */
declare module "virtual:drawings" {
  const drawings: Readonly<Record<string, import("./drawing").Drawing>>;
  export default drawings;
}
