import type { RunInAtVisit } from "../progression/evaluation/candidate-document.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import type { RunInOption, SizingSpec, Sourced } from "./sizing-document.ts";

type Place = Pick<SizingSpec, "endpointId" | "visitId">;

/**
 * What trials that randomise after a run-in would enter for SD and R², as the model found them out of fold.
 *
 * @param primary - Endpoint and visit of the trial.
 * @returns One option for each run-in that the model was evaluated with there, the shortest first; none for a model of
 *   format 1. `lib/progression/METHODS.md`, equation (P23).
 */
export function runInOptions(model: FrozenModel, primary: Place): RunInOption[] {
  const rows = model.format === "understudy-model/1" ? [] : model.evaluation.runIn;
  return rows
    .filter((row) => row.endpointId === primary.endpointId && row.visitId === primary.visitId)
    .sort((a, b) => a.runInVisits - b.runInVisits)
    .map((row) => runInOption(model, row));
}

function runInOption(model: FrozenModel, row: RunInAtVisit): RunInOption {
  const day = (visitId: string) => model.visits.find(({ id }) => id === visitId)?.targetDay ?? 0;
  const lastVisit = model.visits.find(({ id }) => id === row.lastRunInVisitId)?.label ?? row.lastRunInVisitId;
  const from = `${row.patients} patients of model "${model.name}", out of fold, run-in to ${lastVisit}`;
  const { standardDeviation, rSquaredAncova, rSquaredWithScore } = row.variance;
  const ancova = Math.max(0, rSquaredAncova.value);
  const withScore = (r: number) => 1 - (1 - ancova) * (1 - Math.max(0, r) ** 2);
  const derived = (value: number, note: string): Sourced<number> => ({ value, source: "derived", note });
  const measured = (value: number) => (value < 0 ? `; measured ${value.toFixed(3)}, 0 used` : "");
  return {
    visits: row.runInVisits,
    lastVisit,
    treatedDays: day(row.visitId) - day(row.lastRunInVisitId),
    standardDeviation: derived(standardDeviation, `SD of the outcome, ${from}`),
    rSquaredAncova: derived(
      ancova,
      `ANCOVA on the last run-in value and strata, ${from}${measured(rSquaredAncova.value)}`,
    ),
    rSquaredWithScore: row.gainClaimed
      ? derived(
          rSquaredAncova.value < 0 ? withScore(row.partialCorrelation.value) : rSquaredWithScore.value,
          `ANCOVA + twin score given the run-in, ${from}`,
        )
      : derived(ancova, `no gain over ANCOVA is shown, so no saving by the score is planned, ${from}`),
    rSquaredWithScoreLimits: {
      lower: withScore(row.gainClaimed ? row.partialCorrelation.lower : 0),
      upper: withScore(row.partialCorrelation.upper),
    },
    scoreGainShown: row.gainClaimed,
  };
}
