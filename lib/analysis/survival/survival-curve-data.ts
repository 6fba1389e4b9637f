import type { TrialData } from "../trial-data.ts";
import type { EventData } from "./event-data.ts";
import { eventData } from "./event-data.ts";
import { curvesByArm, listedDays } from "./survival-tables.ts";
import type { TimeToEventSpec } from "./time-to-event-spec.ts";

/** What a figure of survival curves draws, in plain lists. */
export interface SurvivalFigureData {
  readonly arms: readonly SurvivalFigureArm[];
  /** Days at which the numbers at risk stand below the axis. */
  readonly riskDays: readonly number[];
}

export interface SurvivalFigureArm {
  readonly name: string;
  /** Corners of the step function from [0, 1] to the last observation: [day, survival]. */
  readonly steps: readonly (readonly [number, number])[];
  /** Corners of the band: [day, lower, upper]; pieces without limits are left out. */
  readonly band: readonly (readonly [number, number, number])[];
  /** Censored patients: [day, survival]. */
  readonly censored: readonly (readonly [number, number])[];
  /** Patients at risk at each of `riskDays`. */
  readonly atRisk: readonly number[];
}

/**
 * Survival curves of a trial for a figure.
 *
 * @param spec - Any specification of a time to event; its intervals and listed days are used where it has them.
 */
export function survivalFigure(spec: TimeToEventSpec, data: TrialData): SurvivalFigureData {
  const events: EventData = eventData(spec, data);
  const curves = curvesByArm(events, spec.confidence, "intervalScale" in spec ? spec.intervalScale : "log-log");
  const riskDays = [0, ...listedDays(curves, "times" in spec ? spec.times : [])];
  return {
    riskDays,
    arms: curves.map((curve, code) => {
      const steps: [number, number][] = [[0, 1]];
      const band: [number, number, number][] = [];
      const censored: [number, number][] = [];
      let survival = 1;
      let limits: readonly [number, number] = [1, 1];
      band.push([0, 1, 1]);
      for (let j = 0; j < curve.time.length; j++) {
        const day = curve.time[j]!;
        if (curve.events[j]! > 0) {
          steps.push([day, survival], [day, curve.survival[j]!]);
          band.push([day, ...limits]);
          survival = curve.survival[j]!;
          if (Number.isFinite(curve.lower[j]!)) {
            limits = [curve.lower[j]!, curve.upper[j]!];
            band.push([day, ...limits]);
          }
        }
        if (curve.censored[j]! > 0) censored.push([day, survival]);
      }
      const end = curve.time[curve.time.length - 1]!;
      steps.push([end, survival]);
      band.push([end, ...limits]);
      return {
        name: events.armNames[code]!,
        steps,
        band,
        censored,
        atRisk: riskDays.map((day) =>
          curve.time.reduce((count, at, j) => (at >= day ? count + curve.events[j]! + curve.censored[j]! : count), 0),
        ),
      };
    }),
  };
}
