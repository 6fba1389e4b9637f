import { expect, test } from "vitest";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { normalQuantile } from "../../../lib/numerics/normal.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { generateTwins } from "../../../lib/twins/generate-twins.ts";
import { updatedForecast } from "../../../lib/twins/updated-forecast.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../progression/simulated-history.ts";

/**
 * Twins recomputed from the numbers of the frozen document by plain elimination: no sweep operator, no shared conditioner,
 * features read from the data set by hand.
 */
const law = { ...DEFAULT_LAW, patients: 140, endpoints: 2, visits: 3, covariates: 3, sporadic: 0.12 };
const history = simulatedHistory(law, 611);
const enrolled = simulatedHistory({ ...law, patients: 60 }, 612, "enrolled");
const model = trainProgressionModel({
  data: history,
  dataHash: "h",
  name: "m",
  training: trainingFor(history, { folds: 4, bootstrapReplicates: 200 }),
});
const set = generateTwins({ model, data: enrolled, dataHash: "e", history });
const { parameters } = model;
const D = parameters.mean.length;
const Q = parameters.features.length;
const E = 2;
const V = 3;
const sigma = (i: number, j: number) => parameters.covariance[i * D + j]!;

/** Baseline features of a patient in the model's order, null = missing. */
function featuresOf(data: LongDataSet, patient: LongDataSet["patients"][number]): (number | null)[] {
  return parameters.features.map((feature) => {
    if (feature.kind === "baseline-endpoint")
      return patient.baseline[data.endpoints.findIndex(({ id }) => id === feature.endpointId)]!;
    const value = patient.covariates[data.covariates.findIndex(({ id }) => id === feature.covariateId)]!;
    if (feature.kind === "covariate-level") return value === null ? null : value === feature.level ? 1 : 0;
    return value as number | null;
  });
}

/** Solution of A x = b by Gauss–Jordan elimination with pivoting. */
function solve(A: number[][], b: number[]): number[] {
  const rows = A.map((row, i) => [...row, b[i]!]);
  for (let k = 0; k < rows.length; k++) {
    const best = rows.slice(k).reduce((at, row, i) => (Math.abs(row[k]!) > Math.abs(rows[at]![k]!) ? k + i : at), k);
    [rows[k], rows[best]] = [rows[best]!, rows[k]!];
    for (const [i, row] of rows.entries()) {
      if (i === k) continue;
      const factor = row[k]! / rows[k]![k]!;
      for (let j = k; j < row.length; j++) row[j]! -= factor * rows[k]![j]!;
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}

/** Law of item `target` given items `given` with values `z`. */
function conditional(target: number, given: number[], z: readonly (number | null)[]) {
  const block = given.map((i) => given.map((j) => sigma(i, j)));
  const beta =
    given.length === 0
      ? []
      : solve(
          block,
          given.map((i) => sigma(i, target)),
        );
  return {
    mean: given.reduce((sum, i, a) => sum + beta[a]! * (z[i]! - parameters.mean[i]!), parameters.mean[target]!),
    variance: given.reduce((sum, i, a) => sum - beta[a]! * sigma(i, target), sigma(target, target)),
    beta,
  };
}

function squaredDistance(x: readonly (number | null)[]): number {
  const given = x.flatMap((value, q) => (value === null ? [] : [q]));
  const centred = given.map((q) => x[q]! - parameters.mean[q]!);
  const weights =
    given.length === 0
      ? []
      : solve(
          given.map((i) => given.map((j) => sigma(i, j))),
          centred,
        );
  return centred.reduce((sum, value, a) => sum + value * weights[a]!, 0);
}

const present = (x: readonly (number | null)[]) => x.flatMap((value, q) => (value === null ? [] : [q]));

test("there are patients with missing baseline features, and patients out of support", () => {
  expect(
    enrolled.patients.filter((patient) => present(featuresOf(enrolled, patient)).length < Q).length,
  ).toBeGreaterThan(10);
  expect(set.outOfSupport.patients).toBeGreaterThan(0);
});

test("mean, SD, bands, score and contributions follow from the document's mean and covariance", () => {
  for (const [i, patient] of enrolled.patients.entries()) {
    const twin = set.twins[i]!;
    const x = featuresOf(enrolled, patient);
    const given = present(x);
    const distance = squaredDistance(x);
    for (let cell = 0; cell < E * V; cell++) {
      const { mean, variance } = conditional(Q + cell, given, x);
      const uncertainty =
        1 + 1 / parameters.outcomeCounts[cell]! + distance / (parameters.outcomeCounts[cell]! + parameters.priorWeight);
      const e = Math.floor(cell / V);
      const v = cell % V;
      expect(twin.mean[e]![v]).toBeCloseTo(mean, 9);
      const deviation = parameters.predictionInflation[cell]! * Math.sqrt(variance * uncertainty);
      expect(twin.standardDeviation[e]![v]).toBeCloseTo(deviation, 9);
      for (const [k, band] of twin.bands[e]![v]!.entries()) {
        const half = parameters.bandMultipliers[cell]![k]! * Math.sqrt(variance * uncertainty);
        expect(band.upper - mean).toBeCloseTo(half, 9);
        expect(mean - band.lower).toBeCloseTo(half, 9);
      }
    }
    const primary = V - 1;
    const { beta, mean } = conditional(Q + primary, given, x);
    expect(twin.prognosticScore).toBeCloseTo(mean, 9);
    for (const [q, { contribution, observed }] of twin.contributions.entries()) {
      const place = given.indexOf(q);
      expect(observed).toBe(place >= 0);
      expect(contribution).toBeCloseTo(place < 0 ? 0 : beta[place]! * (x[q]! - parameters.mean[q]!), 9);
    }
    const sum = twin.contributions.reduce((total, { contribution }) => total + contribution, 0);
    expect(sum).toBeCloseTo(twin.prognosticScore - parameters.mean[Q + primary]!, 9);
  }
});

test("out of support is distance beyond the 97.5 % quantile of the history or a value outside its range", () => {
  const distances = history.patients
    .map((patient) => squaredDistance(featuresOf(history, patient)))
    .sort((a, b) => a - b);
  const position = 0.975 * (distances.length - 1);
  const below = Math.floor(position);
  const limit = distances[below]! + (position - below) * (distances[below + 1]! - distances[below]!);
  expect(parameters.supportLimit).toBeCloseTo(limit, 8);
  const known = history.patients.map((patient) => featuresOf(history, patient));
  for (const [i, patient] of enrolled.patients.entries()) {
    const x = featuresOf(enrolled, patient);
    const outside = x.filter((value, q) => {
      const seen = known.flatMap((row) => row[q] ?? []);
      return value !== null && (value < Math.min(...seen) || value > Math.max(...seen));
    });
    expect(set.twins[i]!.support.outOfSupport).toBe(squaredDistance(x) > limit || outside.length > 0);
    expect(set.twins[i]!.support.outsideRange.length).toBe(outside.length);
  }
});

test("nearest historical patients are those of an exhaustive search", () => {
  const complete = (x: (number | null)[]) => x.map((value, q) => value ?? conditional(q, present(x), x).mean);
  const past = history.patients.map((patient) => complete(featuresOf(history, patient)));
  const block = Array.from({ length: Q }, (_, i) => Array.from({ length: Q }, (_, j) => sigma(i, j)));
  for (const [i, patient] of enrolled.patients.slice(0, 25).entries()) {
    const own = complete(featuresOf(enrolled, patient));
    const found = past
      .map((row, k) => {
        const difference = own.map((value, q) => value - row[q]!);
        const weights = solve(block, difference);
        const square = difference.reduce((sum, value, q) => sum + value * weights[q]!, 0);
        return { patientId: history.patients[k]!.id, distance: Math.sqrt(square) };
      })
      // Enrolled patients carry the ids of the history and its study: the namesake counts as the patient itself.
      .filter(({ patientId }) => patientId !== patient.id)
      .sort((a, b) => a.distance - b.distance)
      .slice(0, 5);
    expect(set.twins[i]!.nearest.map(({ patientId }) => patientId)).toEqual(found.map(({ patientId }) => patientId));
    for (const [k, { distance }] of set.twins[i]!.nearest.entries())
      expect(distance).toBeCloseTo(found[k]!.distance, 8);
  }
});

test("random post-baseline data of random patients change not a bit of any twin or score", () => {
  const rng = createRng(99);
  for (let round = 0; round < 5; round++) {
    const changed: LongDataSet = {
      ...enrolled,
      patients: enrolled.patients.map((patient) => ({
        ...patient,
        outcomes: patient.outcomes.map((row) =>
          row.map((value, v) => {
            const draw = rng.uniform();
            if (draw < 0.3) return { missing: "dropped-out" as const };
            return draw < 0.6 ? value : { value: 1e6 * rng.normal(), day: 180 * (v + 1) };
          }),
        ),
      })),
    };
    const again = generateTwins({ model, data: changed, dataHash: "e", history });
    const blind = ({ observed: _, ...twin }: (typeof set.twins)[number]) => twin;
    expect(again.twins.map(blind)).toEqual(set.twins.map(blind));
  }
});

test("an updated forecast conditions on baseline and the visits up to the one asked for", () => {
  for (const [i, patient] of enrolled.patients.slice(0, 30).entries()) {
    const forecast = updatedForecast({ model, data: enrolled, patientId: patient.id, throughVisitId: "visit2" });
    const x = featuresOf(enrolled, patient);
    const later = patient.outcomes.flatMap((row) =>
      row.map((cell, v) => (v <= 1 && "value" in cell ? cell.value : null)),
    );
    const z = [...x, ...later];
    const given = present(z);
    const away = given.map((j) => z[j]! - parameters.mean[j]!);
    const weights = solve(
      given.map((a) => given.map((b) => sigma(a, b))),
      away,
    );
    const distance = away.reduce((sum, value, k) => sum + value * weights[k]!, 0);
    for (let e = 0; e < E; e++) {
      const { mean, variance } = conditional(Q + e * V + 2, given, z);
      expect(forecast.mean[e]![2]).toBeCloseTo(mean, 8);
      const n = parameters.outcomeCounts[e * V + 2]!;
      const uncertainty = 1 + 1 / n + distance / (n + parameters.priorWeight);
      const deviation = parameters.predictionInflation[e * V + 2]! * Math.sqrt(variance * uncertainty);
      expect(forecast.standardDeviation[e]![2]).toBeCloseTo(deviation, 8);
    }
    expect(forecast.conditionedOn.length).toBe(later.filter((value) => value !== null).length);
    expect(set.twins[i]!.patientId).toBe(forecast.patientId);
  }
});

test("band multipliers are near the normal's where residuals are normal", () => {
  for (const row of parameters.bandMultipliers)
    for (const [k, level] of [0.5, 0.8, 0.95].entries())
      expect(Math.abs(row[k]! / normalQuantile(0.5 + level / 2) - 1)).toBeLessThan(0.35);
});
