import { describe, expect, it } from "vitest";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { normalCdf, normalUpperTail } from "../../../lib/numerics/normal.ts";
import { createRng, philoxBlock } from "../../../lib/numerics/philox.ts";
import type { Rng } from "../../../lib/numerics/rng.ts";

const draws = (rng: Rng, count: number) => Array.from({ length: count }, () => rng.uniform());

describe("philoxBlock", () => {
  // Random123 kat_vectors, philox4x32 with 10 rounds.
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])("gives the published vector %#", (counter, key, expected) => {
    const out = new Uint32Array(4);
    philoxBlock(counter[0]!, counter[1]!, counter[2]!, counter[3]!, key[0]!, key[1]!, out);
    expect([...out]).toEqual(expected);
  });
});

describe("createRng", () => {
  it("draws from the block of its key", () => {
    const rng = createRng(0);
    const bits = (0x6627e8d5 >>> 6) * 2 ** 27 + (0xe169c58d >>> 5);
    expect(rng.uniform()).toBe((bits % 2 === 0 ? bits + 1 : bits) / 2 ** 53);
  });

  it("repeats itself for a seed and differs between seeds", () => {
    expect(draws(createRng(42), 50)).toEqual(draws(createRng(42), 50));
    expect(draws(createRng(42), 5)).not.toEqual(draws(createRng(43), 5));
    expect(draws(createRng(2 ** 32), 5)).not.toEqual(draws(createRng(0), 5));
  });

  it("forks by label, whatever was drawn before", () => {
    const fresh = createRng(5);
    const used = createRng(5);
    draws(used, 17);
    expect(draws(fresh.fork("arm"), 5)).toEqual(draws(used.fork("arm"), 5));
    expect(draws(fresh.fork(3).fork(4), 5)).not.toEqual(draws(fresh.fork(4).fork(3), 5));
    expect(draws(fresh.fork(1), 5)).not.toEqual(draws(fresh.fork("1"), 5));
    expect(draws(fresh.fork(0), 5)).not.toEqual(draws(createRng(5), 5));
    fresh.fork("x");
    expect(draws(fresh, 5)).toEqual(draws(createRng(5), 5));
  });

  it("gives different streams to 100 000 forks", () => {
    const root = createRng(9);
    const seen = new Set<number>();
    for (let i = 0; i < 100_000; i++) seen.add(root.fork(i).uniform());
    expect(seen.size).toBe(100_000);
  });

  it("has the moments of its distributions, also across forks", () => {
    const root = createRng(11);
    const count = 200_000;
    let u = 0;
    let z = 0;
    let zz = 0;
    let e = 0;
    let product = 0;
    let last = 0;
    for (let i = 0; i < count; i++) {
      const rng = root.fork(i);
      u += rng.uniform();
      const normal = rng.normal();
      z += normal;
      zz += normal * normal;
      product += normal * last;
      last = normal;
      e += rng.exponential();
    }
    const tolerance = 4 / Math.sqrt(count);
    expect(Math.abs(u / count - 0.5)).toBeLessThan(tolerance * Math.sqrt(1 / 12));
    expect(Math.abs(z / count)).toBeLessThan(tolerance);
    expect(Math.abs(zz / count - 1)).toBeLessThan(tolerance * Math.SQRT2);
    expect(Math.abs(product / count)).toBeLessThan(tolerance);
    expect(Math.abs(e / count - 1)).toBeLessThan(tolerance);
  });

  it("draws many normals that are standard normal: shape, tail and neighbours", () => {
    const count = 1_000_000;
    const values = new Float64Array(count);
    createRng(31).normals(values, 0, count);
    const bins = new Float64Array(400);
    let [far, lag] = [0, 0];
    values.forEach((z, k) => {
      bins[Math.min(399, Math.floor(400 * normalCdf(z)))]! += 1;
      if (Math.abs(z) > 3.6541528853610088) far++;
      if (k > 0) lag += z * values[k - 1]!;
    });
    const chiSquare = bins.reduce((sum, n) => sum + (n - count / 400) ** 2 / (count / 400), 0);
    expect(Math.abs(chiSquare - 399) / Math.sqrt(2 * 399)).toBeLessThan(4);
    const expected = 2 * count * normalUpperTail(3.6541528853610088);
    expect(Math.abs(far - expected) / Math.sqrt(expected)).toBeLessThan(4);
    expect(Math.abs(lag) / Math.sqrt(count)).toBeLessThan(4);
  });

  it("gives the same normals in whole and in even parts, and fills nothing else", () => {
    const whole = new Float64Array(1001).fill(-9);
    createRng(5).normals(whole, 0, 1000);
    expect(whole[1000]).toBe(-9);
    const parts = new Float64Array(1001).fill(-9);
    const rng = createRng(5);
    for (const [from, to] of [
      [0, 2],
      [2, 8],
      [8, 500],
      [500, 1000],
    ] as const)
      rng.normals(parts, from, to);
    expect(parts).toEqual(whole);
  });

  it("draws integers without favour", () => {
    const rng = createRng(12);
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[rng.integer(7)]! += 1;
    const chiSquare = counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(22.46); // 99.9 % point at 6 degrees of freedom
    expect(rng.integer(1)).toBe(0);
    expect(() => rng.integer(0)).toThrow(DomainError);
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])("refuses the seed %s", (seed) => {
    expect(() => createRng(seed)).toThrow(DomainError);
  });
});
