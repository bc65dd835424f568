import { build } from "vite";
import config from "../fake.vite.config.ts";

/** Builds the page around the fake engine. */
export default async function setup(): Promise<void> {
  process.env.NODE_ENV = "production"; // the test runner's own value would make a development build
  await build({ ...config, configFile: false, logLevel: "warn" });
}
