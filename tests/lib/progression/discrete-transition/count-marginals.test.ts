import fc from "fast-check";
import { expect, test } from "vitest";
import { logCountProbability } from "../../../../lib/progression/discrete-transition/count-regression.ts";
import type { CountEndpoint } from "../../../../lib/progression/discrete-transition/discrete-transition-parameters.ts";
import { openEndpoint } from "../../../../lib/progression/discrete-transition/endpoint-chain.ts";
import { conditionChain, marginals } from "../../../../lib/progression/discrete-transition/markov-chain.ts";

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const steps = fc.record({
  intercept: number(-1.5, 3.5),
  last: number(-0.4, 1),
  dispersion: fc.oneof(fc.constant(0), number(1e-4, 0.05), number(0.05, 4)),
});

const endpointOf = (visits: readonly { intercept: number; last: number; dispersion: number }[], largest: number) =>
  ({
    law: "count",
    endpointId: "count",
    columns: [],
    penalties: { first: 1, later: 1 },
    structure: "by-visit",
    converged: true,
    largest,
    visits: visits.map((step) => ({ ...step, coefficients: [] })),
  }) satisfies CountEndpoint;

/** Laws by the table of every step, term by term. */
function lawsByTable({ visits }: CountEndpoint, size: number): number[][] {
  const row = (mean: number, dispersion: number) => {
    const terms = Array.from({ length: size }, (_, y) => Math.exp(logCountProbability(y, mean, dispersion)));
    terms[size - 1]! += Math.max(0, 1 - terms.reduce((sum, p) => sum + p, 0));
    return terms;
  };
  const meanOf = (v: number, last: number) =>
    Math.exp(Math.min(12, visits[v]!.intercept + visits[v]!.last * Math.log1p(last)));
  const laws = [row(Math.exp(visits[0]!.intercept), visits[0]!.dispersion)];
  for (let v = 1; v < visits.length; v++) {
    const next = new Array<number>(size).fill(0);
    laws[v - 1]!.forEach((p, j) => {
      if (p === 0) return;
      row(meanOf(v, j), visits[v]!.dispersion).forEach((q, k) => {
        next[k]! += p * q;
      });
    });
    laws.push(next);
  }
  return laws;
}

test("laws of counts by interpolation are those of the tables, term by term", () => {
  fc.assert(
    fc.property(
      fc.array(steps, { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 8, max: 480 }),
      (visits, largest) => {
        const endpoint = endpointOf(visits, largest);
        const opened = openEndpoint(endpoint);
        const laws = opened.laws(new Float64Array(0), new Int32Array(3).fill(-1), 3);
        const tables = lawsByTable(endpoint, laws[0]!.length);
        const chain = marginals(opened.chain(new Float64Array(0), new Int32Array(3).fill(-1)).chain);
        laws.forEach((law, v) => {
          expect(law.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 10);
          law.forEach((p, k) => {
            expect(Math.abs(p - tables[v]![k]!)).toBeLessThan(1e-10);
            expect(Math.abs(p - chain[v]![k]!)).toBeLessThan(1e-10);
          });
        });
      },
    ),
    { numRuns: 60, seed: 5 },
  );
}, 120_000);

test("laws given the first visits are those of the conditional chain", () => {
  fc.assert(
    fc.property(
      fc.array(steps, { minLength: 3, maxLength: 3 }),
      fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 3 }),
      (visits, values) => {
        const opened = openEndpoint(endpointOf(visits, 80));
        const known = Int32Array.from([...values, -1, -1].slice(0, 3));
        const chain = conditionChain(opened.chain(new Float64Array(0), known).chain, known).chain;
        const expected = marginals(chain);
        opened.laws(new Float64Array(0), known, 3).forEach((law, v) => {
          expect(law.length).toBe(expected[v]!.length);
          law.forEach((p, k) => {
            expect(Math.abs(p - expected[v]![k]!)).toBeLessThan(1e-10);
          });
        });
      },
    ),
    { numRuns: 60, seed: 6 },
  );
}, 120_000);
