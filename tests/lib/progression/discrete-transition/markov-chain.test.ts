import fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "../../../../lib/numerics/philox.ts";
import {
  chainMoments,
  conditionChain,
  drawStates,
  type MarkovChain,
  marginals,
} from "../../../../lib/progression/discrete-transition/markov-chain.ts";

const law = (K: number) =>
  fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: K, maxLength: K }).map((weights) => {
    const total = weights.reduce((sum, w) => sum + w, 0);
    return weights.map((w) => w / total);
  });
const chains = fc.tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 4 })).chain(([K, V]) =>
  fc
    .tuple(law(K), fc.array(fc.array(law(K), { minLength: K, maxLength: K }), { minLength: V - 1, maxLength: V - 1 }))
    .map(
      ([first, steps]): MarkovChain => ({
        states: K,
        first: Float64Array.from(first),
        steps: steps.map((rows) => Float64Array.from(rows.flat())),
      }),
    ),
);

/** Every course with its probability. */
function courses({ states: K, first, steps }: MarkovChain): { states: number[]; p: number }[] {
  let all = Array.from(first, (p, k) => ({ states: [k], p }));
  for (const step of steps) {
    all = all.flatMap(({ states, p }) =>
      Array.from({ length: K }, (_, k) => ({ states: [...states, k], p: p * step[states.at(-1)! * K + k]! })),
    );
  }
  return all;
}

test("moments are those of all courses counted one by one", () => {
  fc.assert(
    fc.property(chains, (chain) => {
      const { mean, covariance } = chainMoments(chain);
      const all = courses(chain);
      const V = mean.length;
      for (let u = 0; u < V; u++) {
        expect(mean[u]!).toBeCloseTo(
          all.reduce((sum, { states, p }) => sum + p * states[u]!, 0),
          12,
        );
        for (let v = 0; v < V; v++) {
          const product = all.reduce((sum, { states, p }) => sum + p * states[u]! * states[v]!, 0);
          expect(covariance[u * V + v]!).toBeCloseTo(product - mean[u]! * mean[v]!, 12);
        }
      }
    }),
  );
});

test("conditioning on any known values gives the conditional law of the others", () => {
  fc.assert(
    fc.property(chains, fc.array(fc.option(fc.nat(), { nil: null }), { minLength: 4, maxLength: 4 }), (chain, wish) => {
      const V = chain.steps.length + 1;
      const known = Int32Array.from({ length: V }, (_, v) => (wish[v] == null ? -1 : wish[v]! % chain.states));
      const { chain: given, logProbability } = conditionChain(chain, known);
      const left = courses(chain).filter(({ states }) => states.every((k, v) => known[v]! < 0 || known[v] === k));
      const total = left.reduce((sum, { p }) => sum + p, 0);
      expect(logProbability).toBeCloseTo(Math.log(total), 10);
      marginals(given).forEach((own, v) => {
        own.forEach((p, k) => {
          const share = left.reduce((sum, { states, p: q }) => sum + (states[v] === k ? q : 0), 0) / total;
          expect(p).toBeCloseTo(share, 10);
        });
      });
    }),
  );
});

test("draws follow the chain", () => {
  const chain: MarkovChain = {
    states: 3,
    first: Float64Array.of(0.2, 0.5, 0.3),
    steps: [Float64Array.of(0.7, 0.2, 0.1, 0.3, 0.4, 0.3, 0.1, 0.2, 0.7)],
  };
  const rng = createRng(11);
  const states = new Int32Array(2);
  const counts = new Float64Array(9);
  const draws = 40_000;
  for (let d = 0; d < draws; d++) {
    drawStates(chain, rng, states);
    counts[states[0]! * 3 + states[1]!]!++;
  }
  for (const { states: course, p } of courses(chain)) {
    const share = counts[course[0]! * 3 + course[1]!]! / draws;
    expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws));
  }
});
