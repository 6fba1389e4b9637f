import type { ChartLayer, ChartSpecification } from "../../../lib/reporting/chart-specification.ts";
import { formatFixed, formatPercent } from "../../../lib/reporting/format-number.ts";
import type { IntervalEstimate } from "../../../lib/trial/interval.ts";
import type {
  DataSetResults,
  EventResults,
  KnownLawResults,
  MethodResults,
  TemporalSplit,
} from "../evidence-results.ts";

const GROUPS = [
  { group: "null", name: "without a model", role: "neutral" },
  { group: "member", name: "members", role: "history" },
  { group: "stack", name: "stack", role: "twin" },
  { group: "software", name: "software others wrote", role: "external" },
] as const satisfies readonly { group: MethodResults["group"]; name: string; role: ChartLayer["role"] }[];

/** Gain of every method at one endpoint and visit, dots with intervals. */
export function methodGainFigure(results: DataSetResults, endpointId: string, visitId: string): ChartSpecification {
  const rows = results.methods.flatMap((method) => {
    const row = method.visits.find((each) => each.endpointId === endpointId && each.visitId === visitId);
    return row === undefined ? [] : [{ method, gain: row.gain }];
  });
  const label = (list: readonly { id: string; label: string }[], id: string) =>
    list.find((each) => each.id === id)?.label ?? id;
  return {
    kind: "cartesian",
    title: `Gain over baseline ANCOVA: ${label(results.endpoints, endpointId)}, ${label(results.visits, visitId)}`,
    description:
      "Dots are estimates out of fold, lines 95 % patient-bootstrap intervals. Right of zero: smaller error.",
    x: gainAxis,
    y: categories(rows.map(({ method }) => method.name)),
    layers: [
      noGain,
      ...GROUPS.flatMap(({ group, name, role }): ChartLayer[] => {
        const items = rows.flatMap(({ method, gain }, at) => (method.group === group ? [percentItem(at, gain)] : []));
        return items.length === 0 ? [] : [{ type: "intervals", name, role, orientation: "horizontal", items }];
      }),
    ],
  };
}

/** R² of ANCOVA without and with the twin's score, without a run-in and after one or two visits. */
export function runInFigure(results: DataSetResults): ChartSpecification | null {
  const rows = lastVisitRunIn(results);
  if (rows.length === 0) return null;
  const label = (id: string) => results.endpoints.find((each) => each.id === id)?.label ?? id;
  const names = rows.map(
    (row) =>
      `${label(row.endpointId)}, ${row.runInVisits === 0 ? "no run-in" : `${row.runInVisits} run-in ${row.runInVisits === 1 ? "visit" : "visits"}`}`,
  );
  const layer = (
    name: string,
    role: ChartLayer["role"],
    offset: number,
    of: (row: (typeof rows)[number]) => IntervalEstimate,
  ): ChartLayer => ({
    type: "intervals",
    name,
    role,
    orientation: "horizontal",
    items: rows.map((row, at) => ({ at: at + offset, ...limits(of(row)), label: formatFixed(of(row).value, 2) })),
  });
  return {
    kind: "cartesian",
    title: "What a run-in buys: variance explained at the last visit",
    description:
      "R² of ANCOVA on baseline (or the last run-in value) alone, and with the twin's score; the same patients.",
    x: { title: "R²", unit: "", scale: { kind: "linear", minimum: null, maximum: null } },
    y: categories(names),
    layers: [
      layer("ANCOVA", "neutral", -0.18, (row) => row.rSquaredAncova),
      layer("ANCOVA with the twin's score", "twin", 0.18, (row) => row.rSquaredWithScore),
    ],
  };
}

interface RunInRow {
  readonly endpointId: string;
  readonly runInVisits: number;
  readonly rSquaredAncova: IntervalEstimate;
  readonly rSquaredWithScore: IntervalEstimate;
}

/** Run-ins of one and two visits at the last visit, preceded by the same patients without one. */
export function lastVisitRunIn(results: DataSetResults): RunInRow[] {
  const last = results.visits.at(-1)?.id;
  return results.endpoints.flatMap(({ id }) => {
    const own = results.runIn.filter((row) => row.endpointId === id && row.visitId === last);
    const [first] = own;
    if (first === undefined) return [];
    return [
      { endpointId: id, runInVisits: 0, ...first.withoutRunIn },
      ...own.map(({ runInVisits, variance }) => ({
        endpointId: id,
        runInVisits,
        rSquaredAncova: variance.rSquaredAncova,
        rSquaredWithScore: variance.rSquaredWithScore,
      })),
    ];
  });
}

/** Partial correlation in late entrants by models of early ones, beside the independent ridge score. */
export function splitFigure(
  split: TemporalSplit,
  endpointId: string,
  title: string,
  independent: IntervalEstimate,
): ChartSpecification {
  const rows = split.rows.filter((row) => row.endpointId === endpointId);
  return {
    kind: "cartesian",
    title: `Late entrants, year 2: ${title}`,
    description: "Partial correlation of score and outcome given baseline, Fisher 95 % intervals.",
    x: { title: "Partial correlation", unit: "", scale: { kind: "linear", minimum: null, maximum: null } },
    y: categories([...rows.map(({ name }) => name), "Independent ridge score"]),
    layers: [
      { type: "rule", name: "no correlation", role: "neutral", axis: "x", at: 0 },
      {
        type: "intervals",
        name: "trained on early entrants",
        role: "twin",
        orientation: "horizontal",
        items: rows.map(({ partialCorrelation: r }, at) => ({ at, ...limits(r), label: formatFixed(r.value, 2) })),
      },
      {
        type: "intervals",
        name: "independent",
        role: "external",
        orientation: "horizontal",
        items: [{ at: rows.length, ...limits(independent), label: formatFixed(independent.value, 2) }],
      },
    ],
  };
}

/** Coverage of the bands in new patients of the known law, minus nominal, in points. */
export function lawCoverageFigure(law: KnownLawResults): ChartSpecification {
  const rows = law.methods.flatMap(({ name, visits }) =>
    visits.flatMap(({ visitId, coverage }) => coverage.map(({ level, share }) => ({ name, visitId, level, share }))),
  );
  const names = law.methods.map(({ name }) => name);
  const layer = (level: number, role: ChartLayer["role"], offset: number): ChartLayer => ({
    type: "points",
    name: formatPercent(level, 0),
    role,
    points: rows
      .filter((row) => row.level === level)
      .map(({ name, share }): [number, number] => [100 * (share - level), names.indexOf(name) + offset]),
    labels: null,
  });
  return {
    kind: "cartesian",
    title: "Coverage minus nominal in new patients of the known law, every visit",
    description: "One dot per visit and level; within ±1 point is what is asked of calibrated bands.",
    x: { title: "Coverage minus nominal", unit: "points", scale: { kind: "linear", minimum: null, maximum: null } },
    y: categories(names),
    layers: [
      { type: "rule", name: "−1 point", role: "neutral", axis: "x", at: -1 },
      { type: "rule", name: "+1 point", role: "neutral", axis: "x", at: 1 },
      layer(0.5, "history", -0.2),
      layer(0.8, "twin", 0),
      layer(0.95, "external", 0.2),
    ],
  };
}

/** Observed and expected numbers of events by visit, out of fold. */
export function eventsFigure(events: EventResults): ChartSpecification {
  const { calibration } = events;
  return {
    kind: "cartesian",
    title: "Events by interval, out of fold",
    description: "Expected numbers with ±2 SD if the chances are right, and observed ones.",
    x: { title: "Events", unit: "patients", scale: { kind: "linear", minimum: null, maximum: null } },
    y: categories(calibration.map(({ kind, visitId }) => `${kind}, to ${visitId}`)),
    layers: [
      {
        type: "intervals",
        name: "expected",
        role: "twin",
        orientation: "horizontal",
        items: calibration.map(({ expected, standardDeviation }, at) => ({
          at,
          value: expected,
          lower: Math.max(0, expected - 2 * standardDeviation),
          upper: expected + 2 * standardDeviation,
          label: formatFixed(expected, 1),
        })),
      },
      {
        type: "points",
        name: "observed",
        role: "external",
        points: calibration.map(({ observed }, at): [number, number] => [observed, at]),
        labels: null,
      },
    ],
  };
}

const gainAxis: Extract<ChartSpecification, { kind: "cartesian" }>["x"] = {
  title: "Reduction of squared error against baseline ANCOVA",
  unit: "proportion",
  scale: { kind: "linear", minimum: null, maximum: null },
};
const noGain: ChartLayer = { type: "rule", name: "no gain", role: "neutral", axis: "x", at: 0 };

function categories(names: readonly string[]): Extract<ChartSpecification, { kind: "cartesian" }>["y"] {
  return { title: "", unit: "", scale: { kind: "category", categories: [...names] } };
}

function limits({ value, lower, upper }: IntervalEstimate) {
  return { value, lower, upper };
}

function percentItem(at: number, interval: IntervalEstimate) {
  return { at, ...limits(interval), label: formatPercent(interval.value) };
}
