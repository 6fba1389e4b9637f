import { describe, expect, it } from "vitest";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { fitGaussianJoint } from "../../../../lib/progression/gaussian-joint/fit-gaussian-joint.ts";
import { openGaussianJointMember } from "../../../../lib/progression/gaussian-joint/gaussian-joint-member.ts";
import type { MemberModel, MemberTraining, PatientHistory } from "../../../../lib/progression/member.ts";
import { neuralBoltzmannMember } from "../../../../lib/progression/neural-boltzmann/neural-boltzmann-member.ts";
import {
  DEFAULT_NEURAL_OPTIONS,
  type NeuralBoltzmannOptions,
} from "../../../../lib/progression/neural-boltzmann/neural-boltzmann-options.ts";
import {
  type NeuralBoltzmannParameters,
  neuralBoltzmannParametersSchema,
} from "../../../../lib/progression/neural-boltzmann/neural-boltzmann-parameters.ts";
import { COMPLETE, curvedLaw, drawPatients, type KnownLaw, linearLaw } from "./known-laws.ts";

const member = neuralBoltzmannMember;
const NOTHING = () => {};

/** Small networks: what is tested does not depend on size. */
const SMALL: NeuralBoltzmannOptions = {
  ...DEFAULT_NEURAL_OPTIONS,
  hiddenUnits: 2,
  networks: 5,
  meanUnits: 12,
  shrinkage: { kind: "fixed", priorWeight: 20 },
};

function train(training: MemberTraining, options = SMALL, seed = 7): NeuralBoltzmannParameters {
  return member.train(training, options, createRng(seed), NOTHING);
}

function historyOf(training: MemberTraining, i: number, observed: readonly number[] = []): PatientHistory {
  const Q = training.features.length;
  const V = training.table.visits.length;
  const known = new Float64Array(V).fill(Number.NaN);
  observed.forEach((value, v) => {
    known[v] = value;
  });
  return {
    features: training.featureValues.slice(i * Q, (i + 1) * Q),
    observed: known,
    days: Float64Array.from({ length: V }, (_, v) => 90 * (v + 1)),
  };
}

/** Mean squared error against the true mean, and coverage of mean ± 1.96 SD, at the last visit. */
function score(model: MemberModel, law: KnownLaw, count = 400) {
  const { training, complete } = drawPatients(law, count, COMPLETE, 4242);
  const V = law.visits;
  let error = 0;
  let covered = 0;
  for (let i = 0; i < count; i++) {
    const history = historyOf(training, i);
    const { mean, covariance } = model.predict(history);
    error += (mean[V - 1]! - law.mean(trueInputs(history))[V - 1]!) ** 2;
    const sd = Math.sqrt(covariance[V * V - 1]!);
    if (Math.abs(complete[i * V + V - 1]! - mean[V - 1]!) < 1.96 * sd) covered++;
  }
  return { error: error / count, coverage: covered / count };
}

/** Features hold the baseline value first; the laws expect it last. */
function trueInputs(history: PatientHistory): Float64Array {
  const { features } = history;
  return Float64Array.from([...features.slice(1), features[0]!]);
}

describe("a curved law with unequal variances", () => {
  const law = curvedLaw(5, 4);
  const { training } = drawPatients(law, 500, { dropout: 0.05, sporadic: 0.05, covariate: 0.03 }, 11);
  const parameters = train(training);
  const model = member.open(parameters);

  it("is learnt: far closer to the true mean than the linear model, with SDs that follow the truth", () => {
    const joint = fitGaussianJoint(
      training.table,
      training.features,
      training.covariates,
      SMALL.shrinkage,
      createRng(1),
    );
    const linear = score(openGaussianJointMember(joint.parameters), law);
    const neural = score(model, law);
    expect(neural.error).toBeLessThan(0.4 * linear.error);
    expect(neural.coverage).toBeGreaterThan(0.92);
    const at = (x2: number) => {
      const features = new Float64Array(6);
      features[3] = x2;
      const blank = { ...historyOf(training, 0), features };
      return Math.sqrt(model.predict(blank).covariance[15]!);
    };
    expect(at(1.5) / at(-1.5)).toBeGreaterThan(1.6);
    expect(at(1.5) / at(-1.5)).toBeLessThan(4);
  });

  it("reopens from JSON with the same predictions", () => {
    const reopened = member.open(neuralBoltzmannParametersSchema.parse(JSON.parse(JSON.stringify(parameters))));
    expect(reopened.predict(historyOf(training, 3))).toEqual(model.predict(historyOf(training, 3)));
  });

  it("is the same for the same seed, another for another", () => {
    const few = drawPatients(law, 80, COMPLETE, 3).training;
    const quick = { ...SMALL, networks: 2, schedule: { ...SMALL.schedule, maximumEpochs: 3 } };
    expect(train(few, quick)).toEqual(train(few, quick));
    expect(train(few, quick, 8)).not.toEqual(train(few, quick));
  });

  it("is retrained on part of the patients without looking at the others", () => {
    const part = drawPatients(law, 300, COMPLETE, 12).training;
    const again = member.retrain!(part, SMALL, parameters, createRng(2));
    expect(again.networks).toHaveLength(1);
    expect(again.epochs.gaussian).toBe(parameters.epochs.gaussian);
    expect(score(member.open(again), law).error).toBeLessThan(1.5);
  });

  it("widens, keeps what was observed, and draws what it says", () => {
    const history = historyOf(training, 5, [14, 15]);
    const { mean, covariance } = model.predict(history);
    expect([mean[0], mean[1]]).toEqual([14, 15]);
    expect(covariance[0]).toBe(0);
    expect(model.predictMean(history)).toEqual(mean);
    const count = 20_000;
    const drawn = new Float64Array(count * 4);
    model.drawTrajectories(history, count, createRng(9), drawn);
    for (const j of [2, 3]) {
      const sd = Math.sqrt(covariance[j * 4 + j]!);
      let sum = 0;
      let square = 0;
      for (let m = 0; m < count; m++) {
        sum += drawn[m * 4 + j]!;
        square += (drawn[m * 4 + j]! - mean[j]!) ** 2;
      }
      expect(Math.abs(sum / count - mean[j]!)).toBeLessThan((4 * sd) / Math.sqrt(count));
      expect(Math.sqrt(square / count) / sd).toBeCloseTo(1, 1);
    }
    expect(drawn[0]).toBe(14);
  });

  it("predicts whatever features are missing", () => {
    const history = historyOf(training, 2);
    const none = { ...history, features: new Float64Array(6).fill(Number.NaN) };
    const { mean, covariance } = model.predict(none);
    expect(mean.every(Number.isFinite)).toBe(true);
    expect(covariance.every(Number.isFinite)).toBe(true);
  });
});

describe("a law that is linear and Gaussian", () => {
  it("is left to the linear start: the member agrees with the Gaussian joint model within its error", () => {
    const law = linearLaw(4, 4);
    const { training } = drawPatients(law, 400, { dropout: 0.05, sporadic: 0.05, covariate: 0.02 }, 21);
    const parameters = train(training);
    const joint = fitGaussianJoint(
      training.table,
      training.features,
      training.covariates,
      SMALL.shrinkage,
      createRng(1),
    );
    const neural = score(member.open(parameters), law);
    const linear = score(openGaussianJointMember(joint.parameters), law);
    expect(neural.error).toBeLessThan(linear.error + 0.05);
    expect(Math.abs(neural.coverage - 0.95)).toBeLessThan(0.035);
    const history = historyOf(training, 1, [training.table.outcomes[4]!]);
    const a = member.open(parameters).predict(history);
    const b = openGaussianJointMember(joint.parameters).predict(history);
    for (const j of [1, 2, 3]) {
      expect(Math.abs(a.mean[j]! - b.mean[j]!)).toBeLessThan(0.35 * Math.sqrt(b.covariance[j * 4 + j]!));
      expect(Math.sqrt(a.covariance[j * 4 + j]! / b.covariance[j * 4 + j]!)).toBeCloseTo(1, 0.5);
    }
  });
});

describe("two kinds of course that baseline does not tell apart", () => {
  it("need hidden units: held-out likelihood rises, draws fall into two groups", () => {
    const { training } = drawPatients(linearLaw(2, 4, 0.1), 400, COMPLETE, 31);
    const rng = createRng(32);
    for (let i = 0; i < 400; i++) {
      const side = rng.uniform() < 0.5 ? -1 : 1;
      for (let v = 0; v < 4; v++) training.table.outcomes[i * 4 + v]! += side * 2 * (v + 1);
    }
    const parameters = train(training);
    expect(parameters.hiddenUnits).toBe(2);
    expect(parameters.heldOut!.final).toBeGreaterThan(parameters.heldOut!.gaussian + 0.2);
    const model = member.open(parameters);
    const history = historyOf(training, 0);
    const { mean, covariance } = model.predict(history);
    const drawn = new Float64Array(4 * 4000);
    model.drawTrajectories(history, 4000, createRng(1), drawn);
    const sd = Math.sqrt(covariance[15]!);
    let middle = 0;
    for (let m = 0; m < 4000; m++) if (Math.abs(drawn[m * 4 + 3]! - mean[3]!) < 0.3 * sd) middle++;
    // A normal law would have 24 % there.
    expect(middle / 4000).toBeLessThan(0.1);
  });
});

describe("what it refuses", () => {
  it("too few patients", () => {
    const { training } = drawPatients(linearLaw(2, 3), 49, COMPLETE, 1);
    expect(() => train(training)).toThrow(DomainError);
    expect(() => train(training)).toThrow(/at least 50 patients/);
  });

  it("a document whose arrays do not belong together", () => {
    const { training } = drawPatients(linearLaw(2, 3), 60, COMPLETE, 1);
    const quick = { ...SMALL, networks: 1, schedule: { ...SMALL.schedule, maximumEpochs: 1 } };
    const parameters = train(training, quick);
    const [network] = parameters.networks;
    const cut = { ...parameters, networks: [{ ...network!, meanSlope: network!.meanSlope.slice(1) }] };
    expect(() => member.open(cut)).toThrow(/meanSlope/);
    expect(() => member.open({ ...parameters, outcomeUnit: [1] })).toThrow(DomainError);
  });

  it("nothing for a constant feature, a feature never observed, or unequal weights", () => {
    const { training } = drawPatients(linearLaw(3, 3), 80, COMPLETE, 2);
    training.table.covariateValues.forEach((_, k) => {
      if (k % 3 === 0) training.table.covariateValues[k] = 4;
      if (k % 3 === 1) training.table.covariateValues[k] = Number.NaN;
    });
    const Q = training.features.length;
    training.featureValues.forEach((_, k) => {
      if (k % Q === 1) training.featureValues[k] = 4;
      if (k % Q === 2) training.featureValues[k] = Number.NaN;
    });
    const weights = Float64Array.from(training.weights, (_, i) => (i % 2 === 0 ? 1.5 : 0.5));
    const quick = { ...SMALL, networks: 2, schedule: { ...SMALL.schedule, maximumEpochs: 4 } };
    const model = member.open(train({ ...training, weights }, quick));
    expect(model.predictMean(historyOf(training, 0)).every(Number.isFinite)).toBe(true);
  });

  it("to go on when cancelled", () => {
    const { training } = drawPatients(linearLaw(2, 3), 60, COMPLETE, 1);
    const stop = (fraction: number) => {
      if (fraction > 0.1) throw new Error("cancelled");
    };
    expect(() => member.train(training, SMALL, createRng(1), stop)).toThrow("cancelled");
  });
});
