import type { ResultTable } from "../analysis-report.ts";
import type { EventData } from "./event-data.ts";
import { patientsOfArm } from "./event-data.ts";
import { kaplanMeier, type SurvivalCurve, survivalAt } from "./kaplan-meier.ts";
import type { SurvivalIntervalScale } from "./survival-interval.ts";
import { survivalQuantiles } from "./survival-quantile.ts";
import { timesAt } from "./survival-times.ts";

/** One curve an arm, control first. */
export function curvesByArm(
  { times, arm, armNames }: EventData,
  confidence: number,
  scale: SurvivalIntervalScale,
): SurvivalCurve[] {
  return armNames.map((_, code) => kaplanMeier(timesAt(times, patientsOfArm(arm, code)), { confidence, scale }));
}

/** Days listed when the user names none: quarters of the follow-up of the arm followed shortest. */
export function listedDays(curves: readonly SurvivalCurve[], chosen: readonly number[]): number[] {
  if (chosen.length > 0) return [...new Set(chosen)].sort((a, b) => a - b);
  const end = Math.min(...curves.map(({ time }) => time[time.length - 1]!));
  return [0.25, 0.5, 0.75, 1]
    .map((share) => Math.round(share * end))
    .filter((day, k, all) => day > 0 && all.indexOf(day) === k);
}

/** Patients, events, censorings and length of follow-up of each arm. */
export function eventCountTable(data: EventData, curves: readonly SurvivalCurve[]): ResultTable {
  return {
    id: "events",
    title: "Events and follow-up",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "Patients", unit: "", kind: "count" },
      { title: "With the event", unit: "", kind: "count" },
      { title: "Censored", unit: "", kind: "count" },
      { title: "Median follow-up", unit: "days", kind: "days" },
      { title: "Last observation", unit: "days", kind: "days" },
    ],
    rows: curves.map((curve, code) => {
      const rows = patientsOfArm(data.arm, code);
      const { time, event } = timesAt(data.times, rows);
      const followUp = kaplanMeier({ time, event: event.map((seen) => 1 - seen) });
      return [
        data.armNames[code]!,
        curve.subjects,
        curve.eventTotal,
        curve.subjects - curve.eventTotal,
        survivalQuantiles(followUp, [0.5])[0]!.quantile,
        curve.time[curve.time.length - 1]!,
      ];
    }),
    note: "Median follow-up by the Kaplan–Meier method with event and censoring exchanged.",
  };
}

/** Survival at chosen days with the number at risk. */
export function survivalTable(data: EventData, curves: readonly SurvivalCurve[], days: readonly number[]): ResultTable {
  const [first] = curves;
  return {
    id: "survival",
    title: "Kaplan–Meier estimates",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "Day", unit: "days", kind: "days" },
      { title: "At risk", unit: "", kind: "count" },
      { title: "Survival", unit: "", kind: "proportion" },
      { title: "Standard error", unit: "", kind: "number" },
      { title: "Lower limit", unit: "", kind: "proportion" },
      { title: "Upper limit", unit: "", kind: "proportion" },
    ],
    rows: curves.flatMap((curve, code) =>
      days.map((day) => {
        const point = survivalAt(curve, day);
        const name = data.armNames[code]!;
        if (point === null)
          return [name, day, 0, curve.survival[curve.survival.length - 1] === 0 ? 0 : null, null, null, null];
        return [
          name,
          day,
          point.atRisk,
          point.survival,
          finite(point.standardError),
          finite(point.lower),
          finite(point.upper),
        ];
      }),
    ),
    note: `Greenwood's standard error; ${percent(first!.confidence)} intervals on the ${first!.scale} scale. At risk: followed up to just before the day. A dash: not known, or without a limit on this scale.`,
  };
}

/** Quantiles of the time to event. */
export function quantileTable(
  data: EventData,
  curves: readonly SurvivalCurve[],
  probabilities: readonly number[],
): ResultTable {
  const [first] = curves;
  return {
    id: "quantiles",
    title: "Quantiles of the time to event",
    columns: [
      { title: "Arm", unit: "", kind: "text" },
      { title: "Share with the event", unit: "", kind: "proportion" },
      { title: "Time", unit: "days", kind: "days" },
      { title: "Lower limit", unit: "days", kind: "days" },
      { title: "Upper limit", unit: "days", kind: "days" },
    ],
    rows: curves.flatMap((curve, code) =>
      survivalQuantiles(curve, probabilities).map(({ probability, quantile, lower, upper }) => [
        data.armNames[code]!,
        probability,
        quantile,
        lower,
        upper,
      ]),
    ),
    note: `${percent(first!.confidence)} intervals by Brookmeyer and Crowley on the ${first!.scale} scale. A dash: not reached.`,
  };
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);

/** 0.95 → "95 %" */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(6))} %`;
}
