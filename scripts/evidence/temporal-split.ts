import { subjectTable } from "../../lib/data/subject-table.ts";
import { normalQuantile } from "../../lib/numerics/normal.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import { baselineAncova } from "../../lib/progression/comparators/baseline-ancova.ts";
import { scoresOf } from "../../lib/progression/evaluation/score-beyond.ts";
import type { MemberParameters } from "../../lib/progression/member-parameters.ts";
import { memberOf } from "../../lib/progression/members.ts";
import { bootstrapIntervals, resamplePatients } from "../../lib/progression/patient-bootstrap.ts";
import { memberSettings, trainPredictor } from "../../lib/progression/train-predictor.ts";
import { prepareTraining } from "../../lib/progression/training-problem.ts";
import { histories } from "../../lib/progression/training-set.ts";
import type { IntervalEstimate } from "../../lib/trial/interval.ts";
import { pbc, pbcPatients } from "./data-sets/pbc.ts";
import { trainingOf } from "./evidence-data-set.ts";
import type { TemporalSplit } from "./evidence-results.ts";

const VISIT = "year2";

/**
 * Early PBC entrants (id ≤ 200, both arms) train every member; late entrants (id > 200, both arms) test them, once, at two
 * years: the split of an independent ridge score.
 */
export function evaluateTemporalSplit(): TemporalSplit {
  const training = trainingOf(pbc);
  const { problem } = prepareTraining(pbcPatients("id <= 200"), training);
  const rng = createRng(training.seed).fork("temporal split");
  const { training: set, predictor, stack } = trainPredictor(problem, problem.table, rng, false, () => {});
  const late = subjectTable(pbcPatients("id > 200"));
  const ancova = baselineAncova(problem.strata).predict(problem.table, late);
  const historyOf = histories(late, set.features, problem.covariates);
  const opened = (own: MemberParameters, name?: string) => {
    const member = memberOf(own.kind);
    return { id: name ?? member.kind, name: name ?? member.name, model: member.open(own) };
  };
  // Beside the member as it is by default: the same without scales and curves of its own choice.
  const uncurved = memberOf("gaussian-joint").train(
    set,
    { ...memberSettings(problem), curvature: "none" },
    rng.fork("uncurved"),
    () => {},
  );
  const candidates = [
    ...(stack?.members ?? []).map((own) => opened(own)),
    opened(uncurved, "Gaussian joint model, values as they are"),
    { id: "stack", name: "Stack of all members", model: predictor.model },
  ].filter(({ id }) => id !== "baseline-ancova");
  const v = late.visits.findIndex((visit) => visit.id === VISIT);
  const V = late.visits.length;
  const E = late.endpoints.length;
  const resamples = resamplePatients(late.count, training.bootstrapReplicates, rng.fork("bootstrap"));
  const rows = candidates.flatMap(({ id, name, model }) => {
    const scores = scoresOf(model, historyOf, late.count);
    return late.endpoints.map((endpoint, e) => {
      const at = (i: number) => i * E * V + e * V + v;
      const tested = Array.from({ length: late.count }, (_, i) => i).filter(
        (i) => !Number.isNaN(late.outcomes[at(i)]!) && !Number.isNaN(late.baseline[i * E + e]!),
      );
      const column = (of: (i: number) => number) => Float64Array.from(tested, of);
      const outcome = column((i) => late.outcomes[at(i)]!);
      const own = column((i) => scores[at(i)]!);
      const reference = column((i) => ancova[at(i)]!);
      const gain = (weights: Float64Array, into: Float64Array) => {
        const sum = (predicted: Float64Array) =>
          outcome.reduce((total, y, k) => total + weights[k]! * (y - predicted[k]!) ** 2, 0);
        into[0] = 1 - sum(own) / sum(reference);
      };
      return {
        methodId: id,
        name,
        endpointId: endpoint.id,
        tested: tested.length,
        partialCorrelation: partialCorrelation(
          outcome,
          own,
          column((i) => late.baseline[i * E + e]!),
        ),
        gain: bootstrapIntervals(resamples, Int32Array.from(tested), gain, 1)[0]!,
      };
    });
  });
  return { format: "understudy-evidence-split/1", trained: problem.table.count, rows };
}

/**
 * Correlation of two variables given a third, with Fisher's interval, tanh(atanh r ± z/√(n − 4)).
 *
 * @param a - [n], n ≥ 5.
 * @param b - [n].
 * @param given - [n].
 */
export function partialCorrelation(a: Float64Array, b: Float64Array, given: Float64Array): IntervalEstimate {
  const [x, y] = [residuals(a, given), residuals(b, given)];
  const sum = (u: Float64Array, w: Float64Array) => u.reduce((total, value, i) => total + value * w[i]!, 0);
  const scale = Math.sqrt(sum(x, x) * sum(y, y));
  const value = scale > 0 ? sum(x, y) / scale : 0;
  const margin = normalQuantile(0.975) / Math.sqrt(a.length - 4);
  return {
    value,
    lower: Math.tanh(Math.atanh(value) - margin),
    upper: Math.tanh(Math.atanh(value) + margin),
    level: 0.95,
  };
}

/** What a straight line in `x` leaves of `y`. */
function residuals(y: Float64Array, x: Float64Array): Float64Array {
  const mean = (values: Float64Array) => values.reduce((total, value) => total + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const sxx = x.reduce((total, value) => total + (value - meanX) ** 2, 0);
  const sxy = x.reduce((total, value, i) => total + (value - meanX) * (y[i]! - meanY), 0);
  const slope = sxx > 0 ? sxy / sxx : 0;
  return y.map((value, i) => value - meanY - slope * (x[i]! - meanX));
}
