import { describe, expect, it } from "vitest";
import { csv, kernelRows, ordered } from "../../src/inspect/kernels";
import type { KernelTime } from "../../src/inspection";

const kernel = (node: string, milliseconds: number, more: Partial<KernelTime> = {}): KernelTime => {
  const usual = { op: "Conv", kernel: "Winograd", shape: [1, 16, 128, 64], flops: 0, bytes: 4096, bound: null };
  return { node, milliseconds, ...usual, ...more };
};

const KERNELS = [
  kernel("a", 1, { flops: 20e6, bound: 1.5 }),
  kernel('b "2", c', 3, { op: "Relu", kernel: "Map", bound: 0.75 }),
  kernel("d", 0, { op: "Concat", kernel: "", flops: 8, bound: 0 }),
  kernel("e", 3),
];

const rows = kernelRows(KERNELS, { find: (name) => (name === "e" ? 4 : null) });

describe("kernels as rows", () => {
  it("have their share of the time, their rate and their efficiency", () => {
    expect(rows.map(({ share }) => share)).toEqual([1 / 7, 3 / 7, 0, 3 / 7]);
    expect(rows.map(({ rate }) => rate)).toEqual([20, null, null, null]);
    expect(
      rows.map(({ ofBound }) => ofBound),
      "of one without time there is none",
    ).toEqual([1.5, 0.25, null, null]);
    expect(rows.map(({ box }) => box)).toEqual([null, null, null, 4]);
    const [brief] = kernelRows([kernel("a", 0.04, { flops: 20e6, bound: 0.2 })], { find: () => null });
    expect([brief?.rate, brief?.ofBound], "below the clock's resolution").toEqual([null, null]);
    const still = kernelRows([kernel("a", 0)], { find: () => null });
    expect(still[0]?.share, "of none at all").toBe(0);
  });

  it("are in execution order, or slowest first", () => {
    const names = (order: "network" | "time") => ordered(rows, order).map(({ node }) => node[0]);
    expect(names("network")).toEqual(["a", "b", "d", "e"]);
    expect(names("time")).toEqual(["b", "e", "a", "d"]);
  });

  it("are exported as CSV, with any names", () => {
    expect(csv(rows).split("\r\n")).toEqual([
      "node,operator,kernel,shape,milliseconds,share,flops,gflops_per_second,bytes,bound_milliseconds,share_of_bound",
      "a,Conv,Winograd,1x16x128x64,1,0.142857,20000000,20,4096,1.5,1.5",
      '"b ""2"", c",Relu,Map,1x16x128x64,3,0.428571,0,,4096,0.75,0.25',
      "d,Concat,,1x16x128x64,0,0,8,,4096,0,",
      "e,Conv,Winograd,1x16x128x64,3,0.428571,0,,4096,,",
      "",
    ]);
  });
});
