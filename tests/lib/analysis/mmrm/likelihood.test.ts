import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type CovarianceStructure,
  covarianceStructureSchema,
} from "../../../../lib/analysis/mmrm/covariance-structure.ts";
import { fitMmrm, tryMmrm } from "../../../../lib/analysis/mmrm/fit-mmrm.ts";
import { mmrmInference } from "../../../../lib/analysis/mmrm/mmrm-inference.ts";
import { createMmrmKernel } from "../../../../lib/analysis/mmrm/mmrm-kernel.ts";
import {
  prepareRepeatedMeasures,
  type RepeatedMeasures,
  withoutSubject,
} from "../../../../lib/analysis/mmrm/repeated-measures.ts";
import { type LikelihoodOrder, restrictedLikelihood } from "../../../../lib/analysis/mmrm/restricted-likelihood.ts";
import { empiricalStart } from "../../../../lib/analysis/mmrm/start-values.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";

interface Options {
  readonly patients?: number;
  readonly visits?: number;
  readonly groups?: number;
  readonly weights?: boolean;
  readonly times?: boolean;
  /** A covariate that changes within a patient. */
  readonly timeVarying?: boolean;
  readonly missing?: number;
}

/** Repeated measures with intermittent missingness: intercept, arm and baseline at every visit. */
function measures(seed: number, options: Options = {}): RepeatedMeasures {
  const { patients = 40, visits = 4, groups = 1, missing = 0.2, timeVarying = false } = options;
  const rng = createRng(seed);
  const rows: { subject: number; visit: number; x: number[]; y: number; time: number }[] = [];
  for (let i = 0; i < patients; i++) {
    const baseline = 30 + 6 * rng.normal();
    const own = 3 * rng.normal();
    let serial = 0;
    for (let a = 0; a < visits; a++) {
      serial = 0.5 * serial + 2 * rng.normal();
      const moving = rng.normal();
      const y = 20 + 0.4 * baseline + own * (1 + 0.2 * a) + serial - 0.5 * a * (i % 2) + 0.3 * moving;
      if (a > 0 && rng.uniform() < missing) continue;
      const x = Array.from({ length: 3 * visits }, (_, j) =>
        Math.floor(j / 3) === a ? [1, i % 2, baseline][j % 3]! : 0,
      );
      rows.push({ subject: i, visit: a, x: timeVarying ? [...x, moving] : x, y, time: 7 * a + rng.uniform() });
    }
  }
  return {
    rowCount: rows.length,
    columnCount: rows[0]!.x.length,
    design: Float64Array.from(rows.flatMap(({ x }) => x)),
    outcome: Float64Array.from(rows, ({ y }) => y),
    subject: rows.map(({ subject }) => subject),
    subjectCount: patients,
    visit: rows.map(({ visit }) => visit),
    visitCount: visits,
    ...(groups > 1 ? { group: Array.from({ length: patients }, (_, i) => i % groups), groupCount: groups } : {}),
    ...(options.weights === true ? { weights: rows.map(() => 0.5 + rng.uniform()) } : {}),
    ...(options.times === true ? { time: rows.map(({ time }) => time) } : {}),
  };
}

function permutation(seed: number, count: number): number[] {
  const rng = createRng(seed);
  const keys = Array.from({ length: count }, () => rng.uniform());
  return Array.from({ length: count }, (_, i) => i).sort((a, b) => keys[a]! - keys[b]!);
}

const structures = covarianceStructureSchema.options;
const optionsFor = (structure: CovarianceStructure): Options =>
  structure === "spatial-exponential" ? { times: true } : {};

describe("gradient and Hessian of every structure are those of finite differences", () => {
  for (const structure of structures)
    for (const restricted of [true, false])
      it(`${structure}, ${restricted ? "REML" : "ML"}`, () => {
        const data = measures(3, { ...optionsFor(structure), groups: 2, weights: true, timeVarying: true });
        const likelihood = restrictedLikelihood(prepareRepeatedMeasures(data), structure, restricted);
        const theta = empiricalStart(likelihood.prepared, structure).map((value, h) => value + 0.03 * Math.sin(h + 1));
        const at = (h: number, shift: number, order: LikelihoodOrder) => {
          const moved = theta.slice();
          moved[h]! += shift;
          expect(likelihood.evaluate(moved, order)).toBe(true);
          return { deviance: likelihood.state.deviance, gradient: likelihood.state.gradient.slice() };
        };
        const step = 1e-4;
        expect(likelihood.evaluate(theta, 3)).toBe(true);
        const gradient = likelihood.state.gradient.slice();
        const hessian = likelihood.state.hessian.slice();
        const n = theta.length;
        const size = Math.max(...hessian.map(Math.abs));
        for (let h = 0; h < n; h++) {
          const up = at(h, step, 1);
          const down = at(h, -step, 1);
          expect(Math.abs((up.deviance - down.deviance) / (2 * step) - gradient[h]!)).toBeLessThan(1e-5 * size);
          for (let k = 0; k < n; k++)
            expect(Math.abs((up.gradient[k]! - down.gradient[k]!) / (2 * step) - hessian[h * n + k]!)).toBeLessThan(
              1e-6 * size,
            );
        }
      });
});

describe("laws of the fit", () => {
  const fitted = (data: RepeatedMeasures, structure: CovarianceStructure = "unstructured") =>
    fitMmrm(data, { structure, restricted: true });

  it("rescaled outcome and columns rescale the coefficients", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.integer({ min: 0, max: 11 }),
        (factor, column) => {
          const data = measures(5);
          const plain = fitted(data);
          const outcome = fitted({ ...data, outcome: data.outcome.map((y) => factor * y) });
          const design = data.design.map((x, i) => (i % data.columnCount === column ? factor * x : x));
          const scaled = fitted({ ...data, design });
          const n = data.columnCount;
          for (let j = 0; j < n; j++) {
            const se = Math.sqrt(plain.coefficientCovariance[j * n + j]!);
            expect(Math.abs(outcome.coefficients[j]! / factor - plain.coefficients[j]!)).toBeLessThan(1e-7 * se);
            const back = scaled.coefficients[j]! * (j === column ? factor : 1);
            expect(Math.abs(back - plain.coefficients[j]!)).toBeLessThan(1e-7 * se);
          }
          expect(outcome.logLikelihood + (data.rowCount - n) * Math.log(factor)).toBeCloseTo(plain.logLikelihood, 7);
        },
      ),
      { seed: 11, numRuns: 8 },
    );
  });

  it("the order of rows and patients does not matter", () => {
    const data = measures(6, { groups: 2 });
    const order = permutation(2, data.rowCount);
    const rename = permutation(3, data.subjectCount);
    const group = new Int32Array(data.subjectCount);
    for (let i = 0; i < data.subjectCount; i++) group[rename[i]!] = data.group![i]!;
    const n = data.columnCount;
    const shuffled: RepeatedMeasures = {
      ...data,
      design: Float64Array.from(order.flatMap((row) => Array.from(data.design.subarray(row * n, (row + 1) * n)))),
      outcome: Float64Array.from(order, (row) => data.outcome[row]!),
      subject: order.map((row) => rename[data.subject[row]!]!),
      visit: order.map((row) => data.visit[row]!),
      group,
    };
    const a = fitted(data, "toeplitz-heterogeneous");
    const b = fitted(shuffled, "toeplitz-heterogeneous");
    expect(b.logLikelihood).toBeCloseTo(a.logLikelihood, 8);
    a.theta.forEach((value, h) => {
      expect(b.theta[h]).toBeCloseTo(value, 6);
    });
  });

  it("compressed patterns and plain rows give the same fit", () => {
    const data = measures(7);
    const compressed = fitted(data);
    const plain = fitted({ ...data, weights: new Float64Array(data.rowCount).fill(1) });
    expect(plain.logLikelihood).toBeCloseTo(compressed.logLikelihood, 9);
    compressed.coefficients.forEach((value, j) => {
      expect(plain.coefficients[j]).toBeCloseTo(value, 8);
    });
  });

  it("leaving a subject out of the sums is fitting without its rows", () => {
    for (const options of [{}, { weights: true }, { timeVarying: true }] as const) {
      const data = measures(8, options);
      const prepared = prepareRepeatedMeasures(data);
      const start = fitMmrm(prepared, { structure: "unstructured", restricted: true }).theta;
      const kept = Array.from({ length: data.rowCount }, (_, i) => i).filter((i) => data.subject[i] !== 4);
      const n = data.columnCount;
      const direct = fitMmrm(
        {
          ...data,
          rowCount: kept.length,
          design: Float64Array.from(kept.flatMap((row) => Array.from(data.design.subarray(row * n, (row + 1) * n)))),
          outcome: Float64Array.from(kept, (row) => data.outcome[row]!),
          subject: kept.map((row) => data.subject[row]!),
          visit: kept.map((row) => data.visit[row]!),
          ...(data.weights === undefined ? {} : { weights: kept.map((row) => data.weights![row]!) }),
        },
        { structure: "unstructured", restricted: true },
      );
      const left = fitMmrm(withoutSubject(prepared, 4), { structure: "unstructured", restricted: true, start });
      expect(left.logLikelihood).toBeCloseTo(direct.logLikelihood, 8);
      direct.coefficients.forEach((value, j) => {
        expect(left.coefficients[j]).toBeCloseTo(value, 7);
      });
    }
  });

  it("the likelihood of a richer structure is not smaller", () => {
    const data = measures(9);
    const value = (structure: CovarianceStructure) => fitted(data, structure).logLikelihood;
    const nested: readonly [CovarianceStructure, CovarianceStructure][] = [
      ["ar1", "toeplitz"],
      ["compound-symmetry", "toeplitz"],
      ["ar1", "ante-dependence"],
      ["toeplitz", "toeplitz-heterogeneous"],
      ["toeplitz-heterogeneous", "unstructured"],
      ["ante-dependence-heterogeneous", "unstructured"],
      ["compound-symmetry-heterogeneous", "unstructured"],
      ["ar1", "ar1-heterogeneous"],
    ];
    for (const [small, large] of nested) expect(value(large)).toBeGreaterThan(value(small) - 1e-8);
  });
});

describe("a fit that is none says so", () => {
  it("visits that nobody has both of", () => {
    const data = measures(10, { visits: 3, missing: 0 });
    const keep = Array.from({ length: data.rowCount }, (_, i) => i).filter((i) => {
      const odd = data.subject[i]! % 4 < 2;
      return data.visit[i] === 0 || (odd ? data.visit[i] === 1 : data.visit[i] === 2);
    });
    const n = data.columnCount;
    const outcome = tryMmrm(
      {
        ...data,
        rowCount: keep.length,
        design: Float64Array.from(keep.flatMap((row) => Array.from(data.design.subarray(row * n, (row + 1) * n)))),
        outcome: Float64Array.from(keep, (row) => data.outcome[row]!),
        subject: keep.map((row) => data.subject[row]!),
        visit: keep.map((row) => data.visit[row]!),
      },
      { structure: "unstructured", restricted: true },
    );
    expect(outcome.ok).toBe(false);
    if (!outcome.ok) expect(outcome.convergence.reason).toContain("not positive definite");
  });

  it("an outcome that the model explains exactly", () => {
    const data = measures(11);
    const outcome = data.outcome.map(
      (_, i) => data.design[i * data.columnCount]! + 2 * data.design[i * data.columnCount + 1]!,
    );
    const result = tryMmrm({ ...data, outcome }, { structure: "unstructured", restricted: true });
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.convergence.reason).not.toBe("");
  });

  it("more covariance parameters than patients", () => {
    const result = tryMmrm(measures(12, { patients: 9, visits: 5, missing: 0 }), {
      structure: "unstructured",
      restricted: true,
    });
    if (result.ok) expect(result.fit.convergence.smallestEigenvalue).toBeGreaterThan(0);
    else expect(result.convergence.reason).not.toBe("");
  });
});

describe("the kernel for simulations", () => {
  it("gives the numbers of the engine", () => {
    for (const seed of [1, 2, 3]) {
      const visits = 4;
      const patients = 60;
      const data = measures(seed, { patients, visits });
      const kernel = createMmrmKernel({ visitCount: visits, predictors: ["by-visit", "by-visit", "by-visit"] });
      const predictors = new Float64Array(patients * 3);
      const outcome = new Float64Array(patients * visits).fill(Number.NaN);
      const n = data.columnCount;
      for (let i = 0; i < data.rowCount; i++) {
        const visit = data.visit[i]!;
        for (let l = 0; l < 3; l++) predictors[data.subject[i]! * 3 + l] = data.design[i * n + 3 * visit + l]!;
        outcome[data.subject[i]! * visits + visit] = data.outcome[i]!;
      }
      for (let replicate = 0; replicate < 2; replicate++) {
        kernel.reset();
        for (let i = 0; i < patients; i++) kernel.addPatient(predictors, 3 * i, outcome, visits * i);
        expect(kernel.fit()).toBe(true);
      }
      const fit = fitMmrm(data, { structure: "unstructured", restricted: true });
      const inference = mmrmInference(fit, {
        degreesOfFreedom: "satterthwaite",
        covariance: "model-based",
        design: { columnCount: n, values: data.design, subject: data.subject },
      });
      expect(kernel.deviance()).toBeCloseTo(-2 * fit.logLikelihood, 7);
      const out = new Float64Array(3);
      for (let visit = 0; visit < visits; visit++) {
        const weights = new Float64Array(kernel.coefficientCount);
        weights[kernel.coefficientIndex(visit, 1)] = 1;
        kernel.contrast(weights, out);
        const mine = new Float64Array(n);
        mine[3 * visit + 1] = 1;
        const wanted = inference.contrast(mine);
        expect(Math.abs(out[0]! - wanted.estimate)).toBeLessThan(1e-6 * wanted.standardError);
        expect(out[1]! / wanted.standardError).toBeCloseTo(1, 7);
        expect(out[2]! / wanted.degreesOfFreedom).toBeCloseTo(1, 6);
      }
    }
  });

  it("has no fit for fewer measurements than coefficients", () => {
    const kernel = createMmrmKernel({ visitCount: 2, predictors: ["by-visit", "common"] });
    expect(kernel.fit()).toBe(false);
    kernel.addPatient(Float64Array.of(1, 0), 0, Float64Array.of(1, 2), 0);
    expect(kernel.fit()).toBe(false);
  });
});
