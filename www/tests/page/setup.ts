import { build } from "vite";
import config from "../fake.vite.config.ts";

/** Builds the page around the fake engine. */
export default async function setup(): Promise<void> {
  await build({ ...config, configFile: false, logLevel: "warn" });
}
