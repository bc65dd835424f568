/** The built engine package, by the name the bundler knows it under. */
declare module "unet-playground" {
  const initialize: import("./engine").EngineModule["default"];
  export default initialize;
  export const Engine: import("./engine").EngineModule["Engine"];
}
