import type { LongDataSet } from "../data/long-data-set.ts";
import { ENGINE_VERSION } from "../engine-version.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { createRng } from "../numerics/philox.ts";
import type { TrainingProblem } from "./cross-validation.ts";
import { type HeldOutTable, heldOutTable } from "./evaluation/held-out-table.ts";
import { evaluateProgression, evaluationFits } from "./evaluation.ts";
import { featureLabel } from "./feature-encoding.ts";
import { freezeModel } from "./frozen-model.ts";
import type { GaussianJointParameters } from "./gaussian-joint/gaussian-joint-parameters.ts";
import type { TrainedModel, TrainingSpec } from "./model-document.ts";
import { type TrainedPredictor, trainPredictor } from "./train-predictor.ts";
import { prepareTraining } from "./training-problem.ts";

export interface TrainingRequest {
  readonly data: LongDataSet;
  /** SHA-256 of the canonical long data set. */
  readonly dataHash: string;
  readonly training: TrainingSpec;
  readonly name: string;
  /** Fraction done in [0, 1] and what is being done. May throw to cancel: nothing is half-made. */
  readonly onProgress?: (fraction: number, message: string) => void;
}

/**
 * Trains, evaluates and freezes a progression model on the control patients of a data set.
 *
 * Deterministic: the same data, training specification and engine version give the same document, hash included.
 *
 * @param request - Data, specification, name.
 * @returns Frozen model with its evaluation from patients not seen by the predicting models, and every caveat.
 * @throws DomainError when ids are unknown or the data are too few; the sentence says what is needed.
 */
export function trainProgressionModel(request: TrainingRequest): TrainedModel {
  return trainWithPredictions(request).model;
}

/**
 * As {@link trainProgressionModel}, with the out-of-fold predictions that the evaluation rests on.
 */
export function trainWithPredictions(request: TrainingRequest): { model: TrainedModel; heldOut: HeldOutTable } {
  const { data, training } = request;
  const { problem, primaryCell, diagnostics } = prepareTraining(data, training);
  const rng = createRng(training.seed);
  const total = evaluationFits(problem, training) + 1;
  // The comparison of methods is the last step: it stands for one fit more.
  const report = (done: number, message: string) => request.onProgress?.(Math.min(1, done / (total + 1)), message);
  report(0, `Training on ${problem.table.count} control patients`);
  const trained = trainPredictor(problem, problem.table, rng.fork("final fit"), true, (fraction) =>
    report(fraction, `Training on ${problem.table.count} control patients`),
  );
  const onFit = (done: number) =>
    report(
      1 + done,
      done < total - 1
        ? `Predicting patients the model has not seen: ${Math.floor(done)} of ${total - 1} fits`
        : "Comparing methods",
    );
  const {
    evaluation,
    diagnostics: found,
    predictions,
  } = evaluateProgression(problem, primaryCell, training, rng, onFit);
  const law = trained.gaussian;
  if (law === null) throw new Error("training was asked for the joint law and did not give it");
  const frozen = freezeModel({
    format: "understudy-model/2",
    engineVersion: ENGINE_VERSION,
    name: request.name,
    dataHash: request.dataHash,
    training,
    endpoints: [...problem.table.endpoints],
    visits: [...problem.table.visits],
    covariates: [...problem.covariates],
    parameters: law,
    predictor: trained.stack ?? { kind: "gaussian-joint" },
    evaluation,
    diagnostics: [...diagnostics, ...fitDiagnostics(trained, law, problem), ...stackDiagnostics(trained), ...found],
  });
  request.onProgress?.(1, "Model frozen");
  return { model: frozen, heldOut: heldOutTable(problem.table, predictions) };
}

/** Members that were asked for and are not in the stack. */
function stackDiagnostics({ stack }: TrainedPredictor): Diagnostic[] {
  return (stack?.leftOut ?? []).map(({ member, reason }) =>
    diagnostic("warning", "member-left-out", `${member} is not in the stack: ${reason}`, member),
  );
}

function fitDiagnostics(
  trained: TrainedPredictor,
  parameters: GaussianJointParameters,
  problem: TrainingProblem,
): Diagnostic[] {
  const found = trained.omitted.map(({ feature, reason }) => {
    const label = featureLabel(feature, problem.table.endpoints, problem.covariates);
    const why =
      reason === "constant" ? "has the same value in every control patient" : "is missing in every control patient";
    return diagnostic(
      "warning",
      "feature-left-out",
      `${label} ${why}; it cannot predict anything and was left out.`,
      label,
    );
  });
  if (!parameters.converged) {
    found.push(
      diagnostic(
        "warning",
        "not-converged",
        `The fit stopped after ${parameters.iterations} iterations before every parameter had settled; reduce the number of covariates or visits.`,
      ),
    );
  }
  if (parameters.mean.length > parameters.patients) {
    found.push(
      diagnostic(
        "warning",
        "more-items-than-patients",
        `The model describes ${parameters.mean.length} items with ${parameters.patients} patients; its covariance rests largely on the structured target (prior weight ${parameters.priorWeight}).`,
      ),
    );
  }
  return found;
}
