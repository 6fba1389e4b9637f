import type { CandidatePredictions } from "../../lib/progression/evaluation/candidate-predictions.ts";

/** What any method predicts for patients it has not seen; the part of a candidate's predictions that is scored here. */
export type MethodPredictions = Pick<
  CandidatePredictions,
  "mean" | "variance" | "bands" | "scoreBeyondBaseline" | "draw"
>;
