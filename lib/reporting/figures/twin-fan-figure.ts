import type { Endpoint } from "../../trial/endpoint.ts";
import type { PlannedVisit } from "../../trial/visit-schedule.ts";
import type { Twin } from "../../twins/twin-document.ts";
import type { ChartLayer, ChartSpecification } from "../chart-specification.ts";
import { formatPercent } from "../format-number.ts";
import { benefitText } from "./figure-labels.ts";

export interface TwinFanInput {
  readonly twin: Twin;
  readonly endpoint: Endpoint;
  /** Position of the endpoint in the twin set. */
  readonly endpointIndex: number;
  readonly visits: readonly PlannedVisit[];
  /** Nominal levels of the twin's bands, in the order of the twin set. */
  readonly bandLevels: readonly number[];
  /** Courses of the nearest historical patients as [day, value]. */
  readonly nearestCourses: readonly (readonly (readonly [day: number, value: number])[])[];
  /** Whether the patient was treated: decides the colour of the observed points. */
  readonly experimental: boolean;
  /** How the patient is named in the title; a pseudonym in print. */
  readonly patientLabel: string;
}

/** A patient's observed course over the twin's fan: the course expected under control, from baseline only. */
export function twinFanFigure(input: TwinFanInput): ChartSpecification {
  const { twin, endpoint, endpointIndex, visits } = input;
  const baseline = twin.baseline[endpointIndex] ?? null;
  const days = visits.map((visit) => visit.targetDay);
  const mean = twin.mean[endpointIndex] ?? [];
  const atZero: [number, number][] = baseline === null ? [] : [[0, baseline]];
  const widest = [...input.bandLevels.keys()].sort((a, b) => input.bandLevels[b]! - input.bandLevels[a]!);
  const bands = widest.map(
    (level, order): ChartLayer => ({
      type: "band",
      name: `${formatPercent(input.bandLevels[level]!, 0)} band`,
      role: "twin",
      strength: order === 0 ? 1 : order === 1 ? 2 : 3,
      points: [
        ...atZero.map(([day, value]): [number, number, number] => [day, value, value]),
        ...days.flatMap((day, v): [number, number, number][] => {
          const band = twin.bands[endpointIndex]?.[v]?.[level];
          return band === undefined ? [] : [[day, band.lower, band.upper]];
        }),
      ],
    }),
  );
  const observed = (twin.observed[endpointIndex] ?? []).flatMap((value, v): [number, number][] =>
    value === null ? [] : [[days[v]!, value]],
  );
  return {
    kind: "cartesian",
    title: `${input.patientLabel}: ${endpoint.label} and its twin`,
    description: `Dashed: course expected under control, from baseline only, with its bands. Marks: observed values. Faint: nearest historical patients; ${benefitText(endpoint.benefit)}.`,
    x: { title: "Time since time zero", unit: "days", scale: { kind: "linear", minimum: 0, maximum: null } },
    y: { title: endpoint.label, unit: endpoint.unit, scale: { kind: "linear", minimum: null, maximum: null } },
    layers: [
      ...bands,
      ...input.nearestCourses.map(
        (course): ChartLayer => ({
          type: "line",
          name: "nearest historical patients",
          role: "history",
          dashed: false,
          markers: false,
          points: course.map(([day, value]): [number, number] => [day, value]),
        }),
      ),
      {
        type: "line",
        name: "twin (expected under control)",
        role: "twin",
        dashed: true,
        markers: false,
        points: [
          ...atZero,
          ...days.flatMap((day, v): [number, number][] => (mean[v] === undefined ? [] : [[day, mean[v]]])),
        ],
      },
      {
        type: "points",
        name: input.experimental ? "observed (experimental arm)" : "observed (control arm)",
        role: input.experimental ? "experimental" : "control",
        points: [...atZero, ...observed],
        labels: null,
      },
    ],
  };
}
