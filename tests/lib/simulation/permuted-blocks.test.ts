import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "../../../lib/numerics/philox.ts";
import { assignArms, blockSize } from "../../../lib/simulation/permuted-blocks.ts";

function assign(seed: number, experimental: number, control: number): Uint8Array {
  const rng = createRng(seed);
  const total = experimental + control;
  const arms = new Uint8Array(total);
  assignArms(
    Float64Array.from({ length: total }, () => rng.uniform()),
    experimental,
    control,
    arms,
  );
  return arms;
}

const arm = fc.integer({ min: 2, max: 150 });

describe("permuted blocks", () => {
  it("fill both arms exactly and keep the ratio after every block", () => {
    fc.assert(
      fc.property(fc.nat(1e6), arm, arm, (seed, experimental, control) => {
        const arms = assign(seed, experimental, control);
        const total = experimental + control;
        const size = blockSize(experimental, control);
        let treated = 0;
        for (let i = 0; i < total; i++) {
          treated += arms[i]!;
          const closed = (i + 1) % size === 0 || i + 1 === total;
          if (closed) expect(Math.abs(treated - ((i + 1) * experimental) / total)).toBeLessThanOrEqual(0.5);
        }
        expect(treated).toBe(experimental);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("have the size that the ratio allows", () => {
    expect(blockSize(60, 60)).toBe(4);
    expect(blockSize(80, 40)).toBe(6);
    expect(blockSize(90, 30)).toBe(4);
    expect(blockSize(60, 40)).toBe(5);
    expect(blockSize(103, 76)).toBe(6);
  });

  it("make every order within a block equally likely", () => {
    const counts = new Map<string, number>();
    const blocks = 24_000;
    const arms = assign(7, 2 * blocks, 2 * blocks);
    for (let b = 0; b < blocks; b++) {
      const order = arms.slice(4 * b, 4 * b + 4).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const standardError = Math.sqrt(blocks * (1 / 6) * (5 / 6));
    for (const count of counts.values()) expect(Math.abs(count - blocks / 6)).toBeLessThan(4 * standardError);
  });
});
