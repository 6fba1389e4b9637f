import type { SubjectTable } from "../data/subject-table.ts";
import type { Rng } from "../numerics/rng.ts";
import type { Covariate } from "../trial/covariate.ts";
import type { OutcomeType } from "../trial/outcome-type.ts";
import type { DiscreteLaw } from "./discrete-law.ts";
import type { BaselineFeature } from "./model-document.ts";

/** Control patients a member learns from, and what it may use of them. n patients, Q features, E endpoints, V visits. */
export interface MemberTraining {
  readonly table: SubjectTable;
  readonly features: readonly BaselineFeature[];
  /** Covariates that the features were made from. */
  readonly covariates: readonly Covariate[];
  /** [n × Q] from `encodeFeatures`; NaN = missing. */
  readonly featureValues: Float64Array;
  /** [n] weight of a patient in training, mean 1; all 1 unless rare subgroups are enriched. */
  readonly weights: Float64Array;
}

/** What is known of one patient when the rest is predicted. */
export interface PatientHistory {
  /** [Q] baseline features; NaN = missing. */
  readonly features: Float64Array;
  /** [E·V] outcomes already observed, order e·V + v; NaN = not observed. All NaN for a twin. */
  readonly observed: Float64Array;
  /** [E·V] day of each value: as measured where observed, as planned where not. */
  readonly days: Float64Array;
}

/** Mean and covariance of all outcomes given a history; an observed outcome has its value and variance 0. */
export interface OutcomeMoments {
  /** [E·V] analysis scale. */
  readonly mean: Float64Array;
  /** [E·V × E·V] row-major. */
  readonly covariance: Float64Array;
  /** Largest numerical error of a mean or SD in units of the SD; 0 where moments are exact. */
  readonly numericalError: number;
}

/** A trained member, ready to predict. Everything is deterministic; randomness only comes through `rng`. */
export interface MemberModel {
  readonly kind: string;
  readonly featureCount: number;
  readonly outcomeCount: number;
  /** Mean and covariance of every outcome given what is known. */
  predict(history: PatientHistory): OutcomeMoments;
  /** Means alone, without the work of a covariance: prognostic scores. */
  predictMean(history: PatientHistory): Float64Array;
  /** Mean of one outcome, position e·V + v; absent where it costs as much as all means. */
  predictCell?(history: PatientHistory, cell: number): number;
  /**
   * Draws trajectories given what is known, parameter uncertainty included where the member has it.
   *
   * @param into - [count × E·V], filled; observed outcomes keep their values.
   */
  drawTrajectories(history: PatientHistory, count: number, rng: Rng, into: Float64Array): void;
  /** As `drawTrajectories`; returns what `predictMean` gives, where both at once are less work. */
  drawWithMean?(history: PatientHistory, count: number, rng: Rng, into: Float64Array): Float64Array;
  /** [E·V] laws of discrete outcomes that were not observed, null elsewhere; absent where a member has continuous ones only. */
  discreteLaws?(history: PatientHistory): readonly (DiscreteLaw | null)[];
}

/** One kind of member: how it is trained and opened. `P` is its plain-JSON parameter document with `kind`. */
export interface MemberKind<P extends { readonly kind: string }, O> {
  readonly kind: P["kind"];
  /** Name for the reader, e.g. "Gaussian joint model". */
  readonly name: string;
  /** Types of endpoint it can model; others are left to members that can, and the reader is told. */
  readonly supports: readonly OutcomeType[];
  /**
   * Trains on all patients given; folds are the caller's business.
   *
   * @param onProgress - Fraction done; may throw to cancel.
   * @throws DomainError INSUFFICIENT_DATA or UNSUPPORTED_COMBINATION when this member cannot be trained on these data; the
   *   stack then goes on without it and says so.
   */
  train(training: MemberTraining, options: O, rng: Rng, onProgress: (fraction: number) => void): P;
  /**
   * Trains on part of the patients with the tuning of a model trained on all of them, where that saves work; the
   * predictions for the patients left out teach the stack its weights. Without it, `train` is called.
   *
   * @param like - Parameters from all patients of the training set.
   */
  retrain?(training: MemberTraining, options: O, like: P, rng: Rng): P;
  open(parameters: P): MemberModel;
}
