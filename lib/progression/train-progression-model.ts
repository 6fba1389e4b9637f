import type { LongDataSet } from "../data/long-data-set.ts";
import { ENGINE_VERSION } from "../engine-version.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { createRng } from "../numerics/philox.ts";
import type { TrainingProblem } from "./cross-validation.ts";
import { evaluateProgression, evaluationFits } from "./evaluation.ts";
import { featureLabel } from "./feature-encoding.ts";
import { freezeModel } from "./frozen-model.ts";
import { fitGaussianJoint, type GaussianJointFit } from "./gaussian-joint/fit-gaussian-joint.ts";
import type { FrozenModel, TrainingSpec } from "./model-document.ts";
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
export function trainProgressionModel(request: TrainingRequest): FrozenModel {
  const { data, training } = request;
  const { problem, primaryCell, diagnostics } = prepareTraining(data, training);
  const rng = createRng(training.seed);
  const total = evaluationFits(problem, training) + 1;
  let done = 0;
  const report = (message: string) => request.onProgress?.(done / total, message);
  report(`Fitting the joint model to ${problem.table.count} control patients`);
  const fit = fitGaussianJoint(
    problem.table,
    problem.features,
    problem.covariates,
    training.shrinkage,
    rng.fork("final fit"),
  );
  const onFit = () => {
    done++;
    report(
      done < total ? `Predicting patients the model has not seen: ${done} of ${total - 1} fits` : "Comparing methods",
    );
  };
  const { evaluation, diagnostics: found } = evaluateProgression(problem, primaryCell, training, rng, onFit);
  const frozen = freezeModel({
    format: "understudy-model/1",
    engineVersion: ENGINE_VERSION,
    name: request.name,
    dataHash: request.dataHash,
    training,
    endpoints: [...problem.table.endpoints],
    visits: [...problem.table.visits],
    covariates: [...problem.covariates],
    parameters: fit.parameters,
    evaluation,
    diagnostics: [...diagnostics, ...fitDiagnostics(fit, problem), ...found],
  });
  request.onProgress?.(1, "Model frozen");
  return frozen;
}

function fitDiagnostics(fit: GaussianJointFit, problem: TrainingProblem): Diagnostic[] {
  const { parameters, omitted } = fit;
  const found = omitted.map(({ feature, reason }) => {
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
