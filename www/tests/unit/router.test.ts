import { describe, expect, it } from "vitest";
import { formatRoute, parseRoute } from "../../src/app/router";

describe("addresses", () => {
  const cases: [string, ReturnType<typeof parseRoute>][] = [
    ["#", { view: "playground", path: "", query: "" }],
    ["#task=denoise&model=a/b", { view: "playground", path: "", query: "task=denoise&model=a/b" }],
    ["#lab", { view: "lab", path: "", query: "" }],
    ["#lab/transposed-conv-3-crop", { view: "lab", path: "transposed-conv-3-crop", query: "" }],
    ["#lab/bilinear?input=1,5;4,8&corners=1", { view: "lab", path: "bilinear", query: "input=1,5;4,8&corners=1" }],
    ["#lab?input=1", { view: "lab", path: "", query: "input=1" }],
    ["#slides/pixel-shuffle", { view: "slides", path: "pixel-shuffle", query: "" }],
  ];
  for (const [hash, route] of cases) {
    it(`${hash} is ${route.view} ${route.path} ${route.query}`, () => {
      expect(parseRoute(hash)).toEqual(route);
      expect(formatRoute(route)).toBe(hash);
    });
  }

  it("name the playground by default", () => {
    expect(parseRoute("")).toEqual({ view: "playground", path: "", query: "" });
    expect(parseRoute("#nothing/here?a=b").view).toBe("playground");
    expect(parseRoute("#labour").view).toBe("playground");
    expect(parseRoute("#playground").query).toBe("");
  });
});
