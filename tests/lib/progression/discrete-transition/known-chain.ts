import type { LongDataSet } from "../../../../lib/data/long-data-set.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import type { DiscreteOutcome } from "../../../../lib/trial/outcome-type.ts";

/** A Markov law that is known: cumulative logit or Poisson steps on two covariates and the last value. */
export interface KnownChain {
  readonly outcome: DiscreteOutcome;
  /** Thresholds (levels) or the intercept (counts) of every visit. */
  readonly visits: readonly (readonly number[])[];
  /** Effects of the two covariates. */
  readonly effects: readonly [number, number];
  /** Effect of each level of the last value, or of log(1 + last). */
  readonly last: number;
}

export const binaryChain: KnownChain = {
  outcome: {
    type: "binary",
    levels: [
      { source: "0", label: "no" },
      { source: "1", label: "yes" },
    ],
  },
  visits: [[0.4], [0.9], [0.7], [1.1]],
  effects: [0.9, -0.5],
  last: 1.6,
};

export const ordinalChain: KnownChain = {
  outcome: {
    type: "ordinal",
    levels: ["none", "mild", "moderate", "severe"].map((label, k) => ({ source: String(k), label })),
  },
  visits: [
    [-1, 0.2, 1.5],
    [-0.4, 1, 2.4],
    [-0.2, 1.3, 2.6],
  ],
  effects: [0.8, -0.4],
  last: 0.9,
};

export const countChain: KnownChain = {
  outcome: { type: "count" },
  visits: [[0.3], [0.1], [0]],
  effects: [0.3, -0.2],
  last: 0.5,
};

/** P(next | last, x), [K]; counts up to 60. */
export function stepLaw(law: KnownChain, visit: number, last: number, x: readonly [number, number]): number[] {
  const shift = law.effects[0] * x[0] + law.effects[1] * x[1];
  if (law.outcome.type === "count") {
    const mean = Math.exp(law.visits[visit]![0]! + shift + (visit === 0 ? 0 : law.last * Math.log(1 + last)));
    const p = [Math.exp(-mean)];
    for (let y = 1; y <= 60; y++) p.push((p[y - 1]! * mean) / y);
    return p;
  }
  const eta = shift + (visit === 0 ? 0 : law.last * last);
  const below = [...law.visits[visit]!.map((cut) => 1 / (1 + Math.exp(eta - cut))), 1];
  return below.map((F, k) => F - (k === 0 ? 0 : below[k - 1]!));
}

/** Mean of the code at every visit by brute force over all courses. */
export function trueMeans(law: KnownChain, x: readonly [number, number]): number[] {
  let now = stepLaw(law, 0, 0, x);
  const means: number[] = [];
  for (let v = 0; v < law.visits.length; v++) {
    if (v > 0) {
      const next = new Array<number>(now.length).fill(0);
      now.forEach((p, j) => {
        stepLaw(law, v, j, x).forEach((q, k) => {
          next[k]! += p * q;
        });
      });
      now = next;
    }
    means.push(now.reduce((sum, p, k) => sum + k * p, 0));
  }
  return means;
}

/** Patients of a known law, with missing visits of both kinds. */
export function chainPatients(
  law: KnownChain,
  count: number,
  missing: { readonly dropout: number; readonly sporadic: number },
  seed: number,
): LongDataSet {
  const rng = createRng(seed);
  const V = law.visits.length;
  return {
    format: "understudy-data/1",
    name: "known chain",
    role: "historical-control",
    origin: "simulated",
    endpoints: [
      {
        id: "response",
        label: "Response",
        unit: "",
        scale: "identity",
        benefit: "higher-is-better",
        sourceRange: { minimum: null, maximum: null },
        outcome: law.outcome,
      },
    ],
    visits: Array.from({ length: V }, (_, v) => ({
      id: `v${v + 1}`,
      label: `Visit ${v + 1}`,
      targetDay: 30 * (v + 1),
      windowFrom: 30 * v + 16,
      windowTo: 30 * v + 45,
    })),
    arms: [{ id: "control", label: "Control", role: "control" }],
    covariates: [
      { id: "x1", label: "First", type: "continuous", unit: "" },
      { id: "x2", label: "Second", type: "continuous", unit: "" },
      { id: "noise", label: "Noise", type: "continuous", unit: "" },
    ],
    patients: Array.from({ length: count }, (_, i) => {
      const own = rng.fork(i);
      const x = [own.normal(), own.normal()] as const;
      const noise = own.normal();
      let last = 0;
      let gone = false;
      return {
        id: String(i).padStart(6, "0"),
        study: "S",
        site: null,
        arm: "control",
        covariates: [...x, noise],
        baseline: [null],
        outcomes: [
          Array.from({ length: V }, (_, v) => {
            last = drawn(stepLaw(law, v, last, x), own.uniform());
            gone ||= v > 0 && own.uniform() < missing.dropout;
            const absent = own.uniform() < missing.sporadic;
            if (gone || (absent && v < V - 1)) return { missing: "not-measured" as const };
            return { value: last, day: 30 * (v + 1) };
          }),
        ],
        lastContactDay: null,
        events: [],
      };
    }),
  };
}

function drawn(law: readonly number[], uniform: number): number {
  let below = 0;
  for (let k = 0; k < law.length; k++) {
    below += law[k]!;
    if (uniform < below) return k;
  }
  return law.length - 1;
}

/** What is asked for in tests. */
export const chainTraining = {
  format: "understudy-training/1" as const,
  covariateIds: ["x1", "x2", "noise"],
  strata: [],
  primary: { endpointId: "response", visitId: "v2" },
  folds: 5,
  repeats: 1,
  bootstrapReplicates: 200,
  shrinkage: { kind: "chosen" as const },
  acknowledgedLeakage: "a simulated law, known at time zero",
  seed: 7,
};
