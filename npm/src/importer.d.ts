/** The engine's own helper workers start with it, too. */
export { started } from "../../src/web/importer.js";
