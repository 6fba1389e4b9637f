import { DomainError } from "../errors/domain-error.ts";
import type { RunInAtVisit } from "../progression/evaluation/candidate-document.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import { defaultSizingSpec, type SizingDefaultsRequest } from "./default-sizing-spec.ts";
import type { SizingSpec, Sourced } from "./sizing-document.ts";

/**
 * The default sizing of a trial that randomises after a run-in: SD and both R² are those found out of fold with the run-in
 * visits conditioned on; everything else is as without one. `lib/progression/METHODS.md`, equation (P23).
 *
 * @param request - As for {@link defaultSizingSpec}.
 * @param runInVisits - 1 or 2 visits before randomisation.
 * @returns A specification that `sizeControlArm` accepts when the target effect is not 0.
 * @throws DomainError INSUFFICIENT_DATA when the model has no figures for such a run-in at the endpoint and visit.
 */
export function runInSizingSpec(request: SizingDefaultsRequest, runInVisits: number): SizingSpec {
  const { model } = request;
  const primary = request.primary ?? model.training.primary;
  const row = runInRow(model, primary, runInVisits);
  const lastVisit = model.visits.find(({ id }) => id === row.lastRunInVisitId)?.label ?? row.lastRunInVisitId;
  const from = `${row.patients} patients of model "${model.name}", out of fold, run-in to ${lastVisit}`;
  const { standardDeviation, rSquaredAncova, rSquaredWithScore } = row.variance;
  const ancova = Math.max(0, rSquaredAncova.value);
  const withScore = (r: number) => 1 - (1 - ancova) * (1 - Math.max(0, r) ** 2);
  const derived = (value: number, note: string): Sourced<number> => ({ value, source: "derived", note });
  const measured = (value: number) => (value < 0 ? `; measured ${value.toFixed(3)}, 0 used` : "");
  return {
    ...defaultSizingSpec(request),
    standardDeviation: derived(standardDeviation, `SD of the outcome, ${from}`),
    rSquaredAncova: derived(
      ancova,
      `ANCOVA on the last run-in value and strata, ${from}${measured(rSquaredAncova.value)}`,
    ),
    rSquaredWithScore: derived(
      rSquaredAncova.value < 0 ? withScore(row.partialCorrelation.value) : rSquaredWithScore.value,
      `ANCOVA + twin score given the run-in, ${from}${row.gainClaimed ? "" : "; no gain over ANCOVA is shown"}`,
    ),
    rSquaredWithScoreLimits: {
      lower: withScore(row.partialCorrelation.lower),
      upper: withScore(row.partialCorrelation.upper),
    },
    scoreGainShown: row.gainClaimed,
  };
}

function runInRow(model: FrozenModel, primary: SizingSpecPlace, runInVisits: number): RunInAtVisit {
  const rows = model.format === "understudy-model/1" ? [] : model.evaluation.runIn;
  const found = rows.find(
    (row) =>
      row.runInVisits === runInVisits && row.endpointId === primary.endpointId && row.visitId === primary.visitId,
  );
  if (found !== undefined) return found;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "runInVisits",
    received: runInVisits,
    requirement: `must be a run-in that the model was evaluated with at ${primary.endpointId}, ${primary.visitId}: 1 or 2 visits, all before that one`,
    hint: "Choose a later primary visit or a shorter run-in, or train the model again if it is of an older version.",
  });
}

type SizingSpecPlace = Pick<SizingSpec, "endpointId" | "visitId">;
