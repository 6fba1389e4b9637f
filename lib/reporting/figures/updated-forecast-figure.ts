import type { Endpoint } from "../../trial/endpoint.ts";
import type { PlannedVisit } from "../../trial/visit-schedule.ts";
import type { Twin, UpdatedForecast } from "../../twins/twin-document.ts";
import type { ChartLayer, ChartSpecification } from "../chart-specification.ts";
import { formatPercent } from "../format-number.ts";
import { benefitText } from "./figure-labels.ts";

export interface UpdatedForecastInput {
  readonly forecast: UpdatedForecast;
  /** Observed values and baseline of the same patient. */
  readonly twin: Pick<Twin, "baseline" | "observed">;
  readonly endpoint: Endpoint;
  readonly endpointIndex: number;
  readonly visits: readonly PlannedVisit[];
  readonly bandLevels: readonly number[];
  /** Last visit that the forecast may use. */
  readonly throughVisit: PlannedVisit;
  readonly experimental: boolean;
  readonly patientLabel: string;
}

/**
 * Forecast from baseline and the visits seen so far. Drawn without the twin's colour and dash, so that nobody takes it for
 * the course under control.
 */
export function updatedForecastFigure(input: UpdatedForecastInput): ChartSpecification {
  const { forecast, endpoint, endpointIndex, visits, throughVisit } = input;
  const later = visits.flatMap((visit, index) => (visit.targetDay > throughVisit.targetDay ? [{ visit, index }] : []));
  const used = new Set(
    forecast.conditionedOn.flatMap(({ endpointId, visitId }) => (endpointId === endpoint.id ? [visitId] : [])),
  );
  const observed = visits.flatMap((visit, index) => {
    const value = input.twin.observed[endpointIndex]?.[index] ?? null;
    return value === null ? [] : [{ visit, value }];
  });
  const baseline = input.twin.baseline[endpointIndex] ?? null;
  const start = [
    ...(baseline === null ? [] : [{ day: 0, value: baseline }]),
    ...observed.filter(({ visit }) => used.has(visit.id)).map(({ visit, value }) => ({ day: visit.targetDay, value })),
  ];
  const from = start.at(-1);
  const origin: [number, number][] = from === undefined ? [] : [[from.day, from.value]];
  const point = ({ visit, value }: (typeof observed)[number]): [number, number] => [visit.targetDay, value];
  return {
    kind: "cartesian",
    title: `${input.patientLabel}: ${endpoint.label}, updated forecast`,
    description: `Updated forecast from baseline and the visits up to ${throughVisit.label}, with its bands. It never enters a score or a comparison; ${benefitText(endpoint.benefit)}.`,
    x: { title: "Time since time zero", unit: "days", scale: { kind: "linear", minimum: 0, maximum: null } },
    y: { title: endpoint.label, unit: endpoint.unit, scale: { kind: "linear", minimum: null, maximum: null } },
    layers: [
      { type: "rule", name: "last visit used", role: "history", axis: "x", at: throughVisit.targetDay },
      ...forecastBands(input, later, origin),
      {
        type: "line",
        name: "updated forecast",
        role: "warning",
        dashed: true,
        markers: false,
        points: [
          ...origin,
          ...later.flatMap(({ visit, index }): [number, number][] => {
            const mean = forecast.mean[endpointIndex]?.[index];
            return mean === undefined ? [] : [[visit.targetDay, mean]];
          }),
        ],
      },
      {
        type: "points",
        name: `used (${input.experimental ? "experimental" : "control"} arm)`,
        role: input.experimental ? "experimental" : "control",
        points: [
          ...(baseline === null ? [] : [[0, baseline] as [number, number]]),
          ...observed.filter(({ visit }) => used.has(visit.id)).map(point),
        ],
        labels: null,
      },
      {
        type: "points",
        name: "observed, not used",
        role: "neutral",
        points: observed.filter(({ visit }) => !used.has(visit.id)).map(point),
        labels: null,
      },
    ],
  };
}

function forecastBands(
  input: UpdatedForecastInput,
  later: readonly { readonly visit: PlannedVisit; readonly index: number }[],
  origin: readonly (readonly [number, number])[],
): ChartLayer[] {
  const widest = [...input.bandLevels.keys()].sort((a, b) => input.bandLevels[b]! - input.bandLevels[a]!);
  return widest.map((level, order) => ({
    type: "band",
    name: `${formatPercent(input.bandLevels[level]!, 0)} band`,
    role: "warning",
    strength: order === 0 ? 1 : order === 1 ? 2 : 3,
    points: [
      ...origin.map(([day, value]): [number, number, number] => [day, value, value]),
      ...later.flatMap(({ visit, index }): [number, number, number][] => {
        const band = input.forecast.bands[input.endpointIndex]?.[index]?.[level];
        return band === undefined ? [] : [[visit.targetDay, band.lower, band.upper]];
      }),
    ],
  }));
}
