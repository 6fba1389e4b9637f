import type { LongDataSet } from "../data/long-data-set.ts";
import { ENGINE_VERSION } from "../engine-version.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { createRng } from "../numerics/philox.ts";
import type { ByOutcomeParameters } from "./by-outcome/by-outcome-parameters.ts";
import type { TrainingProblem } from "./cross-validation.ts";
import { type HeldOutTable, heldOutTable } from "./evaluation/held-out-table.ts";
import { evaluateProgression } from "./evaluation.ts";
import { eventLabel } from "./event-model/event-parameters.ts";
import { MINIMUM_EVENTS } from "./event-model/train-event-model.ts";
import { featureLabel } from "./feature-encoding.ts";
import { freezeModel } from "./frozen-model.ts";
import type { GaussianJointParameters } from "./gaussian-joint/gaussian-joint-parameters.ts";
import { refuseLeakingTwin } from "./leakage.ts";
import { studiesNotLeftOut } from "./leave-one-study-out.ts";
import type { TrainedModel, TrainingSpec } from "./model-document.ts";
import type { NeuralBackend } from "./neural-boltzmann/likelihood-backend.ts";
import { trainingMessage } from "./training-message.ts";
import {
  planTraining,
  runTrainingPart,
  type TrainedPart,
  type TrainedWhole,
  type TrainingPlan,
} from "./training-plan.ts";

export interface TrainingRequest {
  readonly data: LongDataSet;
  /** SHA-256 of the canonical long data set. */
  readonly dataHash: string;
  readonly training: TrainingSpec;
  readonly name: string;
  /** Where a neural Boltzmann machine is trained; the typed arrays of this area when absent. */
  readonly neuralBackend?: NeuralBackend;
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
export function trainWithPredictions(request: TrainingRequest): TrainedWithPredictions {
  const plan = planTraining(request.data, request.training, request.neuralBackend);
  // The comparison of methods is the last step: it stands for one fit more.
  const report = (done: number) =>
    request.onProgress?.(Math.min(1, done / (plan.parts.length + 1)), trainingMessage(plan, done));
  report(0);
  const parts = plan.parts.map((part, done) => {
    const trained = runTrainingPart(plan, part, (fraction) => report(done + fraction));
    report(done + 1);
    return trained;
  });
  const made = finishTraining(plan, request, parts);
  request.onProgress?.(1, "Model frozen");
  return made;
}

/** A frozen model and what its evaluation rests on. */
export interface TrainedWithPredictions {
  readonly model: TrainedModel;
  readonly heldOut: HeldOutTable;
}

/**
 * Puts the parts of a training together: evaluates and freezes.
 *
 * @param plan - The training.
 * @param naming - Name of the model and hash of its data.
 * @param parts - Results in the order of the plan's parts.
 */
export function finishTraining(
  plan: TrainingPlan,
  naming: Pick<TrainingRequest, "name" | "dataHash">,
  parts: readonly TrainedPart[],
): TrainedWithPredictions {
  const { problem, primaryCell, training, diagnostics } = plan;
  const trained = parts.find((part) => part.kind === "whole");
  const events = parts.find((part) => part.kind === "events");
  const studies = parts.filter((part) => part.kind === "study");
  const law = trained?.gaussian ?? null;
  if (trained === undefined || law === null) throw new Error("training did not give the joint law");
  const {
    evaluation,
    diagnostics: found,
    predictions,
  } = evaluateProgression(
    problem,
    primaryCell,
    training,
    {
      folds: parts.filter((part) => part.kind === "fold"),
      studies,
      seeds: parts.filter((part) => part.kind === "seed"),
    },
    createRng(training.seed),
  );
  const label = ({ endpointId, visitId }: { endpointId: string; visitId: string }) =>
    `${problem.table.endpoints.find(({ id }) => id === endpointId)?.label ?? endpointId} at ${problem.table.visits.find(({ id }) => id === visitId)?.label ?? visitId}`;
  refuseLeakingTwin(evaluation.gain, label, training);
  const frozen = freezeModel({
    format: "understudy-model/3",
    engineVersion: ENGINE_VERSION,
    name: naming.name,
    dataHash: naming.dataHash,
    training,
    endpoints: [...problem.table.endpoints],
    visits: [...problem.table.visits],
    covariates: [...problem.covariates],
    parameters: law,
    predictor: trained.byOutcome ?? trained.stack ?? { kind: "gaussian-joint" },
    ...(events?.section == null ? {} : { events: events.section }),
    evaluation,
    diagnostics: [
      ...diagnostics,
      ...fitDiagnostics(trained, law, problem),
      ...stackDiagnostics(trained),
      ...eventDiagnostics(events),
      ...studiesNotLeftOut(problem, studies, evaluation.leaveOneStudyOut),
      ...found,
    ],
  });
  return { model: frozen, heldOut: heldOutTable(problem.table, predictions) };
}

/** Kinds of event that could not be learnt, and how often the others were seen. */
function eventDiagnostics(events: Extract<TrainedPart, { kind: "events" }> | undefined): Diagnostic[] {
  if (events === undefined) return [];
  const omitted = (events.section?.omitted ?? events.candidates).map(eventLabel);
  if (omitted.length === 0) return [];
  return [
    diagnostic(
      "information",
      "events-not-learnt",
      `Too few events to learn when they happen (fewer than ${MINIMUM_EVENTS} among patients at risk before the last planned visit): ${omitted.join(", ")}. They censor the other kinds.`,
    ),
  ];
}

/** Members that were asked for and take no part; how endpoints of different types stand to one another. */
function stackDiagnostics({ stack, byOutcome }: TrainedWhole): Diagnostic[] {
  if (byOutcome !== null) return byOutcomeDiagnostics(byOutcome);
  return (stack?.leftOut ?? []).map(({ member, reason }) =>
    diagnostic("warning", "member-left-out", `${member} is not in the stack: ${reason}`, member),
  );
}

function byOutcomeDiagnostics({ leftOut, discrete, continuous }: ByOutcomeParameters): Diagnostic[] {
  const found = leftOut.map(({ member, reason }) =>
    diagnostic("warning", "member-left-out", `${member} takes no part: ${reason}`, member),
  );
  if (discrete.endpoints.length + (continuous === null ? 0 : 1) > 1) {
    found.push(
      diagnostic(
        "information",
        "endpoints-independent",
        "Discrete endpoints are modelled one by one: given baseline, they are independent of one another and of the continuous endpoints. Drawn trajectories and covariances between endpoints do not show what they share beyond baseline; means and scores do not need it.",
      ),
    );
  }
  const unsettled = discrete.endpoints.filter(({ converged }) => !converged).map(({ endpointId }) => endpointId);
  if (unsettled.length > 0) {
    found.push(
      diagnostic(
        "warning",
        "not-converged",
        `The iterations over missing visits of ${unsettled.join(", ")} stopped before every parameter had settled; reduce the number of covariates or visits.`,
      ),
    );
  }
  return found;
}

function fitDiagnostics(
  trained: TrainedWhole,
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
