import cephes from "cephes";
import { jStat } from "jstat";
import { beforeAll, describe, expect, it } from "vitest";
import { chiSquareCdf } from "../../../lib/numerics/chi-square.ts";
import { incompleteBeta } from "../../../lib/numerics/incomplete-beta.ts";
import { normalCdf, normalQuantile } from "../../../lib/numerics/normal.ts";
import { studentTCdf } from "../../../lib/numerics/student-t.ts";

/** Two libraries that share no code with ours; each only where it is itself right to the tolerance. */
const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(Math.abs(b), Number.MIN_VALUE);

describe("distribution functions against Cephes", () => {
  beforeAll(async () => {
    await cephes.compiled;
  });

  it("normal distribution and quantile agree to 1e-12", () => {
    for (const x of [-8, -3.2, -1, -0.1, 0, 0.7, 2.5, 6])
      expect(relative(normalCdf(x), cephes.ndtr(x))).toBeLessThan(1e-12);
    for (const p of [1e-12, 1e-5, 0.01, 0.3, 0.5, 0.9, 0.999]) {
      expect(Math.abs(normalQuantile(p) - cephes.ndtri(p))).toBeLessThan(
        1e-12 * Math.max(1, Math.abs(cephes.ndtri(p))),
      );
    }
  });

  it("Student's t agrees to 1e-10", () => {
    for (const df of [1, 2, 5, 30, 400]) {
      for (const t of [-40, -6, -2, -0.5, 0, 1, 3.3])
        expect(relative(studentTCdf(t, df), cephes.stdtr(df, t))).toBeLessThan(1e-10);
    }
  });

  it("the incomplete beta function agrees to 1e-11", () => {
    for (const [a, b, x] of [
      [0.5, 0.5, 0.2],
      [2, 9, 0.1],
      [40, 3, 0.97],
      [120, 300, 0.25],
    ] as const) {
      expect(relative(incompleteBeta(a, b, x).lower, cephes.incbet(a, b, x))).toBeLessThan(1e-11);
    }
  });
});

describe("distribution functions against jStat", () => {
  it("chi-square agrees to 1e-8 away from the tails", () => {
    for (const df of [1, 3, 10, 50]) {
      for (const x of [0.5, 2, 8, 30])
        expect(relative(chiSquareCdf(x, df), jStat.chisquare.cdf(x, df))).toBeLessThan(1e-8);
    }
  });
});
