import type { LongDataSet } from "../data/long-data-set.ts";
import { createRng } from "../numerics/philox.ts";
import { type FoldPlace, type FoldPredictions, foldPlaces, predictFold } from "./cross-validation.ts";
import { comparedSeeds, predictWithSeed, type SeedPredictions } from "./evaluation/seed-spread.ts";
import type { EventSection } from "./event-model/event-document.ts";
import type { EventKind } from "./event-model/event-parameters.ts";
import { eventCandidates, learnEvents } from "./event-model/learn-events.ts";
import { predictStudy, type StudyPredictions, usableStudies } from "./leave-one-study-out.ts";
import type { TrainingSpec } from "./model-document.ts";
import type { NeuralBackend } from "./neural-boltzmann/likelihood-backend.ts";
import { type TrainedPredictor, trainPredictor } from "./train-predictor.ts";
import { MINIMUM_CONTROLS, type PreparedTraining, prepareTraining } from "./training-problem.ts";
import { trainingSet } from "./training-set.ts";

/** One independent fit of a training: the model itself, or one that predicts patients it has not seen. */
export type TrainingPart =
  | { readonly kind: "whole" }
  | ({ readonly kind: "fold" } & FoldPlace)
  | { readonly kind: "study"; readonly study: string }
  | { readonly kind: "seed"; readonly seed: number }
  | { readonly kind: "events"; readonly candidates: readonly EventKind[] };

/** What the fit to all patients leaves: parameters only, so that it may come from another thread. */
export type TrainedWhole = Pick<TrainedPredictor, "omitted" | "gaussian" | "stack" | "byOutcome">;

/** Result of a part; plain data. */
export type TrainedPart =
  | ({ readonly kind: "whole" } & TrainedWhole)
  | ({ readonly kind: "fold" } & FoldPredictions)
  | ({ readonly kind: "study" } & StudyPredictions)
  | ({ readonly kind: "seed" } & SeedPredictions)
  | { readonly kind: "events"; readonly section: EventSection | null; readonly candidates: readonly EventKind[] };

/** A training taken apart into fits that know nothing of one another. */
export interface TrainingPlan extends PreparedTraining {
  readonly training: TrainingSpec;
  /** Control patients. */
  readonly controls: number;
  /** In the order in which their results are put together. */
  readonly parts: readonly TrainingPart[];
}

/**
 * Takes a training apart. The parts may be run in any order and on any number of threads: each draws from a generator of its own.
 *
 * @param data - History.
 * @param training - What was asked for.
 * @param neuralBackend - Where a neural Boltzmann machine is trained; the typed arrays of this area when absent.
 * @throws DomainError as `prepareTraining`.
 */
export function planTraining(data: LongDataSet, training: TrainingSpec, neuralBackend?: NeuralBackend): TrainingPlan {
  const prepared = prepareTraining(data, training, neuralBackend);
  const candidates = eventCandidates(prepared.problem.table.eventKinds, training.events);
  return {
    ...prepared,
    training,
    controls: prepared.problem.table.count,
    parts: [
      { kind: "whole" },
      ...foldPlaces(training.folds, training.repeats).map((place) => ({ kind: "fold" as const, ...place })),
      ...usableStudies(prepared.problem, MINIMUM_CONTROLS).map((study) => ({ kind: "study" as const, study })),
      ...comparedSeeds(prepared.problem.members).map((seed) => ({ kind: "seed" as const, seed })),
      ...(candidates.length === 0 ? [] : [{ kind: "events" as const, candidates }]),
    ],
  };
}

/**
 * Runs one part.
 *
 * @param plan - From {@link planTraining} on the same data and specification.
 * @param part - One of its parts.
 * @param onProgress - Fraction done; may throw to cancel.
 * @throws DomainError when the model, or the null member in it, cannot be trained.
 */
export function runTrainingPart(
  { problem, training }: TrainingPlan,
  part: TrainingPart,
  onProgress: (fraction: number) => void,
): TrainedPart {
  const rng = createRng(training.seed);
  switch (part.kind) {
    case "whole": {
      const { omitted, gaussian, stack, byOutcome } = trainPredictor(
        problem,
        problem.table,
        rng.fork("final fit"),
        true,
        onProgress,
      );
      return { kind: "whole", omitted, gaussian, stack, byOutcome };
    }
    case "fold":
      return {
        kind: "fold",
        ...predictFold(problem, training.folds, part, rng.fork("cross-validation"), onProgress),
      };
    case "study":
      return { kind: "study", ...predictStudy(problem, part.study, rng.fork("studies"), onProgress) };
    case "seed":
      return {
        kind: "seed",
        ...predictWithSeed(problem, training.folds, part.seed, rng.fork("cross-validation"), onProgress),
      };
    case "events": {
      const { training: patients } = trainingSet(problem.table, problem.features, problem.covariates);
      const section = learnEvents(patients, part.candidates, training.folds, rng.fork("events"));
      onProgress(1);
      return { kind: "events", section, candidates: part.candidates };
    }
    default:
      return part satisfies never;
  }
}
