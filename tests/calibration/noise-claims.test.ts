import { expect, test } from "vitest";
import { createRng } from "../../lib/numerics/philox.ts";
import { crossValidate } from "../../lib/progression/cross-validation.ts";
import { comparedPatients, gainAtVisit } from "../../lib/progression/gain.ts";
import { resamplePatients } from "../../lib/progression/patient-bootstrap.ts";
import { prepareTraining } from "../../lib/progression/training-problem.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../lib/progression/simulated-history.ts";

const HISTORIES = 400;

test("of 400 histories of 80 patients whose covariates mean nothing, a gain is claimed in at most 5 %", () => {
  let claims = 0;
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const data = simulatedHistory({ ...DEFAULT_LAW, patients: 80, covariates: 6, effect: 0 }, 40_000 + seed);
    const { problem, primaryCell } = prepareTraining(data, trainingFor(data));
    const rng = createRng(seed);
    const predictions = crossValidate(problem, 5, 1, rng.fork("folds"), () => {});
    const compared = comparedPatients(problem.table, predictions, primaryCell);
    const resamples = resamplePatients(problem.table.count, 1000, rng.fork("bootstrap"));
    if (gainAtVisit(compared, { endpointId: "score1", visitId: "visit3" }, resamples).gainClaimed) claims++;
  }
  expect(claims).toBeLessThanOrEqual(0.05 * HISTORIES);
}, 1_800_000);
