import { expect, test } from "vitest";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import type { TrainingSpec } from "../../../lib/progression/model-document.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { prepareTraining } from "../../../lib/progression/training-problem.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor as trainingAcknowledged } from "./simulated-history.ts";

/** As a person fills it in who has nothing to acknowledge. */
function trainingFor(data: LongDataSet, change: Partial<TrainingSpec> = {}): TrainingSpec {
  const { acknowledgedLeakage: _, ...training } = trainingAcknowledged(data);
  return { ...training, ...change };
}

const REASON = "all covariates were recorded at the screening visit";

/** Covariates made from the outcome of the last visit: the first `count` of them, each with noise of the SD given. */
function leaking(count: number, noise: number): LongDataSet {
  const data = simulatedHistory({ ...DEFAULT_LAW, patients: 150, dropout: 0, sporadic: 0 }, 8);
  return {
    ...data,
    patients: data.patients.map((patient) => {
      const last = patient.outcomes[0]!.at(-1)!;
      const value = "value" in last ? last.value : 0;
      return {
        ...patient,
        covariates: patient.covariates.map((own, p) => (p < count ? value + noise * Number(own) : own)),
      };
    }),
  };
}

function refusal(run: () => unknown): DomainError {
  try {
    run();
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

test("a covariate recorded after the outcome stops the training before anything is fitted, and is named", () => {
  const data = leaking(1, 2);
  const error = refusal(() => prepareTraining(data, trainingFor(data)));
  expect(error.detail.argument).toBe("training.acknowledgedLeakage");
  expect(error.message).toMatch(/x1 \(partial correlation 0\.9\d with score 1 at Visit 3\)/);
  expect(error.message).not.toMatch(/x2/);
});

test("with a reason it is trained, says so in a critical diagnostic, and keeps the reason", () => {
  const data = leaking(1, 2);
  const model = trainProgressionModel({
    data,
    dataHash: "d",
    training: trainingFor(data, { acknowledgedLeakage: REASON }),
    name: "acknowledged",
  });
  expect(model.training.acknowledgedLeakage).toBe(REASON);
  expect(model.diagnostics.filter(({ code }) => code === "leakage-likely").map(({ severity }) => severity)).toContain(
    "critical",
  );
});

test("several covariates that leak a little each are found by the twin's own correlation", () => {
  const data = leaking(4, 16);
  expect(() => prepareTraining(data, trainingFor(data))).not.toThrow();
  const error = refusal(() =>
    trainProgressionModel({ data, dataHash: "d", training: trainingFor(data), name: "leaking together" }),
  );
  expect(error.message).toMatch(/score 1 at Visit 3 \(partial correlation 0\.\d\d\)/);
});

test("useful covariates without a leak are no reason to stop", () => {
  const data = simulatedHistory({ ...DEFAULT_LAW, patients: 150 }, 8);
  expect(() => prepareTraining(data, trainingFor(data))).not.toThrow();
});
