import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  choleskyDecompose,
  choleskyInPlace,
  choleskyInverse,
  choleskyLogDeterminant,
  choleskySolve,
  multiplyLowerTriangular,
} from "../../../lib/numerics/cholesky.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { crossProductInverse, leastSquaresCoefficients, leverages, qrDecompose } from "../../../lib/numerics/qr.ts";
import { symmetricEigen } from "../../../lib/numerics/symmetric-eigen.ts";

function randomMatrix(rows: number, columns: number, seed: number): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length: rows * columns }, () => rng.normal());
}

function multiply(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      for (let k = 0; k < inner; k++) out[i * columns + j]! += a[i * inner + k]! * b[k * columns + j]!;
  return out;
}

function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: a.length }, (_, index) => a[(index % rows) * columns + Math.floor(index / rows)]!);
}

function positiveDefinite(n: number, seed: number): Float64Array {
  const b = randomMatrix(n, n, seed);
  const a = multiply(b, transpose(b, n, n), n, n, n);
  for (let i = 0; i < n; i++) a[i * n + i]! += 0.1;
  return a;
}

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}

const sizeAndSeed = [fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 1_000_000 })] as const;

describe("Cholesky factorization", () => {
  it("multiplies back, solves and inverts", () => {
    fc.assert(
      fc.property(...sizeAndSeed, (n, seed) => {
        const a = positiveDefinite(n, seed);
        const result = choleskyDecompose(a, n);
        if (!result.ok) throw new Error("not factored");
        const l = result.factor;
        expect(largestDifference(multiply(l, transpose(l, n, n), n, n, n), a)).toBeLessThan(1e-12 * n * 10);
        const b = randomMatrix(n, 1, seed + 1);
        const x = choleskySolve(l, n, b);
        expect(largestDifference(multiply(a, x, n, n, 1), b)).toBeLessThan(1e-9);
        const product = multiply(a, choleskyInverse(l, n), n, n, n);
        const identity = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
        expect(largestDifference(product, identity)).toBeLessThan(1e-9);
        const z = randomMatrix(n, 1, seed + 2);
        const lz = new Float64Array(n);
        multiplyLowerTriangular(l, n, z, lz);
        expect(largestDifference(multiply(l, z, n, n, 1), lz)).toBeLessThan(1e-12);
      }),
      { seed: 1 },
    );
  });

  it("has the log-determinant of the eigenvalues", () => {
    const a = positiveDefinite(7, 3);
    const result = choleskyDecompose(a, 7);
    if (!result.ok) throw new Error("not factored");
    const viaEigen = symmetricEigen(a, 7).values.reduce((sum, value) => sum + Math.log(value), 0);
    expect(choleskyLogDeterminant(result.factor, 7)).toBeCloseTo(viaEigen, 11);
  });

  it("names the pivot of a matrix that is not positive definite, also when it is singular only by rounding", () => {
    expect(choleskyDecompose(Float64Array.of(1, 2, 2, 1), 2)).toEqual({ ok: false, pivot: 1 });
    expect(choleskyDecompose(Float64Array.of(0), 1)).toEqual({ ok: false, pivot: 0 });
    expect(choleskyDecompose(Float64Array.of(Number.NaN), 1)).toEqual({ ok: false, pivot: 0 });
    const x = Float64Array.of(0.1, 0.3, 0.4);
    const gram = Float64Array.of(x[0]! ** 2, x[0]! * x[1]!, x[0]! * x[1]!, x[1]! ** 2);
    expect(choleskyDecompose(gram, 2)).toEqual({ ok: false, pivot: 1 });
  });

  it("works in place on the lower triangle only", () => {
    const a = Float64Array.of(4, 99, 2, 5);
    expect(choleskyInPlace(a, 2)).toBe(-1);
    expect([...a]).toEqual([2, 99, 1, 2]);
  });
});

describe("symmetric eigenvalues", () => {
  it("rebuild the matrix with orthonormal vectors, in descending order", () => {
    fc.assert(
      fc.property(...sizeAndSeed, (n, seed) => {
        const b = randomMatrix(n, n, seed);
        const a = b.map((value, index) => value + transpose(b, n, n)[index]!);
        const { values, vectors, converged } = symmetricEigen(a, n);
        expect(converged).toBe(true);
        const scaled = vectors.map((value, index) => value * values[index % n]!);
        expect(largestDifference(multiply(scaled, transpose(vectors, n, n), n, n, n), a)).toBeLessThan(
          1e-12 * (n + 1) * 4,
        );
        expect([...values]).toEqual([...values].sort((p, q) => q - p));
      }),
      { seed: 2 },
    );
  });

  it("knows the second-difference matrix: 2 − 2 cos(kπ/(n+1))", () => {
    const n = 6;
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      a[i * n + i] = 2;
      if (i > 0) {
        a[i * n + i - 1] = -1;
        a[(i - 1) * n + i] = -1;
      }
    }
    const expected = Float64Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1)));
    expect(largestDifference(symmetricEigen(a, n).values, expected)).toBeLessThan(1e-14);
  });
});

describe("Householder QR", () => {
  it("solves least squares as the normal equations do, with leverages that sum to the rank", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 1_000_000 }), (columns, seed) => {
        const rows = columns + 10;
        const x = randomMatrix(rows, columns, seed);
        const y = randomMatrix(rows, 1, seed + 1);
        const qr = qrDecompose(x, rows, columns);
        expect(qr.rank).toBe(columns);
        const xt = transpose(x, rows, columns);
        const gram = choleskyDecompose(multiply(xt, x, columns, rows, columns), columns);
        if (!gram.ok) throw new Error("not factored");
        const expected = choleskySolve(gram.factor, columns, multiply(xt, y, columns, rows, 1));
        expect(largestDifference(leastSquaresCoefficients(qr, y), expected)).toBeLessThan(1e-10);
        expect(largestDifference(crossProductInverse(qr), choleskyInverse(gram.factor, columns))).toBeLessThan(1e-10);
        expect(leverages(qr).reduce((sum, h) => sum + h, 0)).toBeCloseTo(columns, 10);
      }),
      { seed: 3 },
    );
  });

  it("sets dependent columns aside, whatever their scale", () => {
    const rows = 20;
    const rng = createRng(4);
    const x = new Float64Array(rows * 4);
    for (let i = 0; i < rows; i++) {
      const u = rng.normal();
      x.set([1, u * 1e-8, 3 + 5 * u, rng.normal()], i * 4);
    }
    const qr = qrDecompose(x, rows, 4);
    expect(qr.independentColumns).toEqual([0, 1, 3]);
    expect(qr.dependentColumns).toEqual([2]);
  });
});
