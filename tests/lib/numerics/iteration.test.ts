import { describe, expect, it } from "vitest";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { minimizeOnInterval, minimizeSimplex, minimizeSmooth } from "../../../lib/numerics/minimize.ts";
import { normalDensity } from "../../../lib/numerics/normal.ts";
import { gaussLegendre, integrate, integrateGaussLegendre } from "../../../lib/numerics/quadrature.ts";
import { findRoot } from "../../../lib/numerics/root-finding.ts";

describe("findRoot", () => {
  it.each([
    ["cubic", (x: number) => x ** 3 - 2 * x - 5, 2, 3, 2.0945514815423265],
    ["cosine", (x: number) => Math.cos(x) - x, 0, 1, 0.7390851332151607],
    ["flat", (x: number) => (x - 1) ** 9, -3, 4.5, 1],
    ["steep", (x: number) => Math.exp(50 * x) - 2, -1, 1, Math.LN2 / 50],
    ["jump", (x: number) => (x < 0.3 ? -1 : 1), 0, 1, 0.3],
  ])("finds the root of the %s function", (name, f, lower, upper, root) => {
    const result = findRoot(f, lower, upper);
    expect(result.converged).toBe(true);
    expect(Math.abs(result.value - root)).toBeLessThan(name === "flat" ? 0.05 : 1e-13);
  });

  it("refuses a bracket without a change of sign", () => {
    expect(() => findRoot((x) => x * x + 1, -1, 1)).toThrow(DomainError);
    expect(() => findRoot(() => Number.NaN, -1, 1)).toThrow(DomainError);
  });

  it("says so when it may not go on", () => {
    expect(findRoot((x) => x ** 3 - 2, 0, 2, { maximumIterations: 3 }).converged).toBe(false);
  });
});

describe("quadrature", () => {
  it("Gauss–Legendre is exact for polynomials of degree 2n − 1", () => {
    for (const points of [1, 2, 3, 7, 16, 64]) {
      const { nodes, weights } = gaussLegendre(points);
      for (let degree = 0; degree <= 2 * points - 1; degree++) {
        const sum = nodes.reduce((total, x, i) => total + weights[i]! * x ** degree, 0);
        expect(Math.abs(sum - (degree % 2 === 1 ? 0 : 2 / (degree + 1)))).toBeLessThan(2e-14);
      }
    }
    expect(integrateGaussLegendre(Math.exp, -1, 3, 20)).toBeCloseTo(Math.exp(3) - Math.exp(-1), 13);
  });

  it.each([
    ["x^-1/2 at 0", (x: number) => 1 / Math.sqrt(x), 0, 1, 2],
    ["log x", Math.log, 0, 1, -1],
    ["narrow peak", (x: number) => normalDensity((x - 0.37) / 0.001) / 0.001, 0, 1, 1],
    ["normal over the line", normalDensity, -Infinity, Infinity, 1],
    ["normal lower half", normalDensity, -Infinity, 0, 0.5],
    ["exponential tail", (x: number) => Math.exp(-x), 2, Infinity, Math.exp(-2)],
    ["zero", () => 0, 0, 1, 0],
  ])("integrates %s", (_, f, lower, upper, expected) => {
    const result = integrate(f, lower, upper);
    expect(result.converged).toBe(true);
    expect(Math.abs(result.value - expected)).toBeLessThan(2e-10);
  });
});

const rosenbrock = (x: Float64Array) => 100 * (x[1]! - x[0]! ** 2) ** 2 + (1 - x[0]!) ** 2;

describe("minimization", () => {
  it("on an interval", () => {
    const result = minimizeOnInterval((x) => (x - 1.3) ** 2 + 0.1 * (x - 1.3) ** 4, -5, 10);
    expect(result.converged).toBe(true);
    expect(result.value).toBeCloseTo(1.3, 7);
  });

  it("by simplex", () => {
    const result = minimizeSimplex(rosenbrock, Float64Array.of(-1.2, 1), { relativeTolerance: 1e-14 });
    expect(result.converged).toBe(true);
    expect(result.argument[0]).toBeCloseTo(1, 4);
    expect(result.argument[1]).toBeCloseTo(1, 4);
  });

  it("by BFGS, with and without a gradient", () => {
    const gradient = (x: Float64Array, out: Float64Array) => {
      out[0] = -400 * x[0]! * (x[1]! - x[0]! ** 2) - 2 * (1 - x[0]!);
      out[1] = 200 * (x[1]! - x[0]! ** 2);
    };
    for (const g of [gradient, null]) {
      const result = minimizeSmooth(rosenbrock, Float64Array.of(-1.2, 1), g);
      expect(result.converged).toBe(true);
      expect(result.argument[0]).toBeCloseTo(1, 5);
      expect(result.argument[1]).toBeCloseTo(1, 5);
    }
  });

  it("steps back from inadmissible points", () => {
    const f = (x: Float64Array) => (x[0]! <= 0 ? Infinity : x[0]! - Math.log(x[0]!));
    expect(minimizeSmooth(f, Float64Array.of(30)).argument[0]).toBeCloseTo(1, 4);
    expect(minimizeSimplex(f, Float64Array.of(30)).argument[0]).toBeCloseTo(1, 4);
  });
});
