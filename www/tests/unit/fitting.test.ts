import { describe, expect, it } from "vitest";
import { largest, reduced } from "../../src/app/fitting";

describe("the largest fitting size", () => {
  const below = (limit: number) => async (number: number) => number <= limit;

  it("is found within two percent", async () => {
    for (const limit of [64, 65, 900, 4000, 5999]) {
      const found = (await largest(64, 6000, below(limit))) ?? 0;
      expect(found).toBeLessThanOrEqual(limit);
      expect(found).toBeGreaterThanOrEqual(limit / 1.02 - 1);
    }
  });

  it("is null if not even the smallest size fits, or the photo is no larger than that", async () => {
    expect(await largest(64, 6000, below(63))).toBeNull();
    expect(await largest(64, 64, below(9999))).toBeNull();
  });

  it("keeps the photo's aspect ratio, with the engine's rounding", () => {
    expect(reduced({ width: 451, height: 300 }, 384)).toEqual({ width: 384, height: 256 });
    expect(reduced({ width: 300, height: 451 }, 384)).toEqual({ width: 256, height: 384 });
    expect(reduced({ width: 20, height: 10 }, 64)).toEqual({ width: 20, height: 10 });
    expect(reduced({ width: 20_000, height: 1 }, 64)).toEqual({ width: 64, height: 1 });
  });
});
