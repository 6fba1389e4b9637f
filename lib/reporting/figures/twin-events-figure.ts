import type { FrozenModel } from "../../progression/model-document.ts";
import type { TwinEvents } from "../../twins/twin-document.ts";
import type { ChartLayer, ChartRole, ChartSpecification } from "../chart-specification.ts";

/** Of the kinds of event in turn; the event-free chance has the colour of the twin. */
const ROLES: readonly ChartRole[] = ["failure", "warning", "external", "neutral"];

/** Chance of being event-free, and of each kind of event, by visit. */
export function twinEventsFigure(
  { eventFree, incidence }: TwinEvents,
  visits: FrozenModel["visits"],
  patientLabel: string,
): ChartSpecification {
  const line = (name: string, role: ChartRole, start: number, values: readonly number[]): ChartLayer => ({
    type: "line",
    name,
    role,
    points: [[0, start], ...visits.map(({ targetDay }, v): [number, number] => [targetDay, values[v] ?? Number.NaN])],
    dashed: role !== "twin",
    markers: true,
  });
  return {
    kind: "cartesian",
    title: `Expected events: ${patientLabel}`,
    description:
      "Chances over the courses expected under control, from baseline only: still event-free at each visit, and ended by each kind of event until then.",
    x: { title: "Time from baseline", unit: "days", scale: { kind: "linear", minimum: 0, maximum: null } },
    y: { title: "Chance", unit: "proportion", scale: { kind: "linear", minimum: 0, maximum: 1 } },
    layers: [
      line("event-free", "twin", 1, eventFree),
      ...incidence.map(({ kind, cumulative }, k) => line(kind, ROLES[k % ROLES.length] ?? "neutral", 0, cumulative)),
    ],
  };
}
