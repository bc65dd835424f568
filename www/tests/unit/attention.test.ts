import { describe, expect, it } from "vitest";
import { attentionsOf, sharesOf, strongest } from "../../src/inspect/attention";
import { Builder } from "../graphs";

describe("attention in a network", () => {
  it("is found as a softmax over tokens that weights values, on a grid over the picture; classifiers are not", () => {
    const net = new Builder([1, 3, 256, 384]);
    const scores = net.node("MatMul", ["x", "x"], [1, 4, 384, 384]);
    const weights = net.node("Softmax", [scores], [1, 4, 384, 384]);
    const turned = net.node("Transpose", [weights], [1, 4, 384, 384]);
    const values = net.node("MatMul", ["x", turned], [1, 24, 16, 24]);
    // The size of 16 × 16 tokens, but it weights nothing.
    const classes = net.node("Softmax", [values], [1, 4, 256, 256]);
    net.node("Add", [classes, classes], [1, 4, 256, 256]);
    expect(attentionsOf(net.net)).toEqual([{ name: "softmax1", value: weights, rows: 16, columns: 24 }]);
  });

  it("is not drawn over the picture if its tokens do not form a grid over it", () => {
    const net = new Builder([1, 3, 64, 64]);
    const channels = net.node("Softmax", ["x"], [1, 1, 48, 48]);
    net.node("MatMul", [channels, "x"], [1, 48, 64, 64]);
    expect(attentionsOf(net.net)).toEqual([]);
  });

  it("of one token is a head's row, or the mean over all heads", () => {
    const row = Float32Array.of(0.5, 0.25, 0.25, 0, 0.75, 0.25);
    expect([...sharesOf(row, 3, 1)]).toEqual([0, 0.75, 0.25]);
    const mean = sharesOf(row, 3, null);
    expect([...mean]).toEqual([0.25, 0.5, 0.25]);
    expect(strongest(Float32Array.of(...mean, 0.75), 2)).toEqual({ x: 1, y: 1, share: 0.75 });
  });
});
