import { installAll } from "./install";

/** Packs the package and installs it into every project, once for all tests. */
export default function setup(): Promise<void> {
  return installAll();
}
