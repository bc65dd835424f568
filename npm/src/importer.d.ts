/** The engine's own helpers start by it as well. */
export { started } from "../../src/web/importer.js";
