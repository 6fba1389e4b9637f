import Papa from "papaparse";
import { concordance } from "../../lib/analysis/survival/concordance.ts";
import { kaplanMeier } from "../../lib/analysis/survival/kaplan-meier.ts";
import type { SubjectTable } from "../../lib/data/subject-table.ts";
import { normalQuantile } from "../../lib/numerics/normal.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import type { Rng } from "../../lib/numerics/rng.ts";
import { foldsOfRepetition } from "../../lib/progression/cross-validation.ts";
import { calibrateEvents } from "../../lib/progression/event-model/event-calibration.ts";
import { openEventModel } from "../../lib/progression/event-model/event-model.ts";
import type { EventKind } from "../../lib/progression/event-model/event-parameters.ts";
import { trainEventModel } from "../../lib/progression/event-model/train-event-model.ts";
import type { MemberTraining } from "../../lib/progression/member.ts";
import { type MemberSettings, memberOf } from "../../lib/progression/members.ts";
import { bootstrapIntervals, resamplePatients } from "../../lib/progression/patient-bootstrap.ts";
import { foldMembers } from "../../lib/progression/patient-folds.ts";
import { memberSettings } from "../../lib/progression/train-predictor.ts";
import { prepareTraining } from "../../lib/progression/training-problem.ts";
import { histories, trainingSet, trainingSubset } from "../../lib/progression/training-set.ts";
import { PBC_VISITS } from "../../lib/samples/pbc/pbc-mapping.ts";
import type { PlannedVisit } from "../../lib/trial/visit-schedule.ts";
import { hasR } from "../../tests/support/run-r-program.ts";
import { pbc, pbcPatients } from "./data-sets/pbc.ts";
import { trainingOf } from "./evidence-data-set.ts";
import type { EventResults } from "./evidence-results.ts";
import { runRFile } from "./r-session.ts";

const YEAR = 365.25;
const KINDS: readonly EventKind[] = [
  { source: "event", kind: "death" },
  { source: "event", kind: "transplant" },
];
/** Yearly visits up to a horizon before which hardly anybody is censored. */
const VISITS: readonly PlannedVisit[] = [
  ...PBC_VISITS,
  ...[3, 4].map((year) => ({
    id: `year${year}`,
    label: `Year ${year}`,
    targetDay: Math.round(YEAR * year),
    windowFrom: Math.round(YEAR * (year - 0.5)) + 1,
    windowTo: Math.round(YEAR * (year + 0.5)),
  })),
];

interface Chances {
  readonly name: string;
  /** Whether patients of a fold differ in it. */
  readonly orders: boolean;
  /** [n] chance of no event up to the horizon, out of fold. */
  readonly eventFree: Float64Array;
}

/** Transplant-free survival of the PBC patients up to year 4 from baseline, out of fold, beside Kaplan–Meier and Cox regression in R. */
export function evaluateSurvival(): EventResults {
  const spec = trainingOf(pbc);
  const { problem } = prepareTraining(pbcPatients(null, VISITS), spec);
  const { table } = problem;
  const { training } = trainingSet(table, problem.features, problem.covariates);
  const rng = createRng(spec.seed).fork("survival");
  const fold = foldsOfRepetition(table.count, spec.folds, 0, rng);
  const horizon = VISITS.at(-1)!.targetDay;
  const { time, event } = firstEvents(table);
  const twin = new Float64Array(table.count);
  const curve = new Float64Array(table.count);
  const historyOf = histories(table, training.features, problem.covariates);
  for (let k = 0; k < spec.folds; k++) {
    const others = foldMembers(fold, k, false);
    const chanceOf = twinChances(trainingSubset(training, others), memberSettings(problem), rng.fork(k));
    const km = survivalAt(
      kaplanMeier({ time: pick(time, others), event: Uint8Array.from(others, (i) => event[i]!) }),
      horizon,
    );
    for (const i of foldMembers(fold, k, true)) {
      twin[i] = chanceOf(historyOf(i));
      curve[i] = km;
    }
  }
  const cox = hasR(["survival"]) ? coxChances(training, fold, time, event, horizon) : null;
  const methods: Chances[] = [
    { name: "Kaplan–Meier (same chance for all)", orders: false, eventFree: curve },
    { name: "Event model along the twin's course", orders: true, eventFree: twin },
    ...(cox === null ? [] : [cox]),
  ];
  const resamples = resamplePatients(table.count, spec.bootstrapReplicates, rng.fork("bootstrap"));
  const known = Int32Array.from(
    Array.from({ length: table.count }, (_, i) => i).filter((i) => event[i] === 1 || time[i]! >= horizon),
  );
  const happened = (i: number) => (event[i] === 1 && time[i]! <= horizon ? 1 : 0);
  const brier = ({ eventFree }: Chances) => Float64Array.from(known, (i) => (1 - happened(i) - eventFree[i]!) ** 2);
  const [reference] = methods.map(brier);
  return {
    format: "understudy-evidence-events/1",
    patients: table.count,
    events: event.filter((own, i) => own === 1 && time[i]! <= horizon).length,
    horizon: VISITS.at(-1)!.label,
    missing: cox === null ? ["survival"] : [],
    calibration: [
      ...calibrateEvents(
        { training, kinds: KINDS, options: { followUpEnds: null }, folds: spec.folds },
        rng.fork("calibration"),
      ).rows,
    ],
    survival: methods.map((method) => {
      const scores = brier(method);
      const [score, gain] = bootstrapIntervals(
        resamples,
        known,
        (weights, into) => {
          let [own, other, total] = [0, 0, 0];
          for (let i = 0; i < weights.length; i++) {
            own += weights[i]! * scores[i]!;
            other += weights[i]! * reference![i]!;
            total += weights[i]!;
          }
          into[0] = total > 0 ? own / total : 0;
          into[1] = other > 0 ? 1 - own / other : 0;
        },
        2,
      );
      const cut = {
        time: time.map((day) => Math.min(day, horizon)),
        event: event.map((own, i) => (own === 1 && time[i]! <= horizon ? 1 : 0)),
      };
      const { concordance: value, standardError } = concordance(
        cut,
        method.eventFree.map((chance) => -chance),
      );
      const margin = normalQuantile(0.975) * standardError;
      return {
        name: method.name,
        concordance: !method.orders
          ? null
          : { value, lower: value - margin, upper: Math.min(1, value + margin), level: 0.95 },
        brier: score!,
        brierGain: gain!,
      };
    }),
  };
}

/** Event model and course learnt from the same patients: chance of no event up to the last visit from baseline. */
function twinChances(training: MemberTraining, settings: MemberSettings, rng: Rng) {
  const events = openEventModel(trainEventModel(training, KINDS, { followUpEnds: null }, rng.fork("events")));
  const member = memberOf("gaussian-joint");
  const course = member.open(member.train(training, settings, rng.fork("course"), () => {}));
  return (history: Parameters<typeof events.eventFreeProbabilities>[1]) =>
    events.eventFreeProbabilities(course, history).eventFree.at(-1)!;
}

/** Day of death or transplantation, else last day of follow-up. */
function firstEvents(table: SubjectTable): { time: Float64Array; event: Uint8Array } {
  const K = table.eventKinds.length;
  const first = Float64Array.from({ length: table.count }, (_, i) => {
    const days = Array.from(table.eventDays.subarray(i * K, (i + 1) * K)).filter((day) => !Number.isNaN(day));
    return days.length === 0 ? Number.NaN : Math.min(...days);
  });
  return {
    time: first.map((day, i) => (Number.isNaN(day) ? table.lastDays[i]! : day)),
    event: Uint8Array.from(first, (day) => (Number.isNaN(day) ? 0 : 1)),
  };
}

function pick(values: Float64Array, positions: Int32Array): Float64Array {
  return Float64Array.from(positions, (i) => values[i]!);
}

/** Value of a right-continuous step function; 1 before its first step. */
function survivalAt({ time, survival }: ReturnType<typeof kaplanMeier>, day: number): number {
  let value = 1;
  time.forEach((step, k) => {
    if (step <= day) value = survival[k]!;
  });
  return value;
}

function coxChances(
  training: MemberTraining,
  fold: Int32Array,
  time: Float64Array,
  event: Uint8Array,
  horizon: number,
): Chances {
  const Q = training.features.length;
  const header = ["fold", "time", "event", ...training.features.map((_, q) => `x${q + 1}`)].join(",");
  const lines = Array.from(fold, (own, i) => {
    const values = Array.from(training.featureValues.subarray(i * Q, (i + 1) * Q), (x) => (Number.isNaN(x) ? "" : x));
    return [own + 1, time[i]!, event[i]!, ...values].join(",");
  });
  const inputs = { "survival.csv": `${[header, ...lines].join("\n")}\n`, "horizon.txt": `${horizon}\n` };
  const [rows = "", version = ""] = runRFile("survival", inputs, ["cox.csv", "cox.txt"]);
  const chances = Papa.parse<{ chance: string }>(rows.trim(), { header: true }).data.map(({ chance }) =>
    Number(chance),
  );
  if (chances.length !== fold.length || !chances.every((chance) => chance >= 0 && chance <= 1))
    throw new Error("survival.R does not give a chance for every patient");
  return { name: `Cox regression (R ${version.trim()})`, orders: true, eventFree: Float64Array.from(chances) };
}
