import { describe, expect, it } from "vitest";
import { costs } from "../../src/slides/dimensions";

describe("a layer on a slice and on a volume", () => {
  it("has as many weights, FLOPs and bytes as in PyTorch", () => {
    const layer = { channels: 32, kernel: 3, side: 256, depth: 64 };
    // torch.nn.Conv2d(32, 32, 3, padding=1, bias=False) and Conv3d, on 256 x 256 and 64 x 256 x 256.
    expect(costs(layer, 2)).toEqual({
      weights: 9216,
      flops: 2 * 9216 * 65536,
      memory: 8_388_608,
      tokens: 256,
      attention: 262_144,
    });
    expect(costs(layer, 3)).toEqual({
      weights: 27648,
      flops: 2 * 27648 * 4_194_304,
      memory: 536_870_912,
      tokens: 1024,
      attention: 4_194_304,
    });
  });

  it("rounds the number of tokens up at the borders", () => {
    expect(costs({ channels: 8, kernel: 1, side: 40, depth: 24 }, 3).tokens).toBe(3 * 3 * 2);
  });
});
