import { DomainError } from "../errors/domain-error.ts";
import { federationOf } from "../progression/federation/federation-of.ts";
import { endpointLabel, endpointUnit, placeLabel, visitLabel } from "../reporting/figures/figure-labels.ts";
import { decimalsForScale, formatCount } from "../reporting/format-number.ts";
import type { CellResult, TrialDesign } from "../simulation/simulation-document.ts";
import type { DossierRecord } from "./dossier-record.ts";

type Place = { readonly endpointId: string; readonly visitId: string };

/** A record with what nearly every section asks of it. */
export interface DossierContext {
  readonly record: DossierRecord;
  readonly study: DossierRecord["study"];
  readonly primary: Place;
  /** "log bilirubin, Year 2". */
  readonly primaryLabel: string;
  readonly primaryUnit: string;
  readonly history: DossierRecord["datasets"][number];
  readonly enrolled: DossierRecord["datasets"][number];
  /** Evaluation rows of the primary endpoint at the primary visit. */
  readonly gain: DossierRecord["model"]["evaluation"]["gain"][number];
  readonly calibration: DossierRecord["model"]["evaluation"]["calibration"][number];
  readonly verdict: DossierRecord["model"]["evaluation"]["verdicts"][number];
  readonly place: (at: Place) => string;
  readonly endpoint: (id: string) => string;
  readonly visit: (id: string) => string;
  readonly unit: (endpointId: string) => string;
  /** Decimals of an endpoint's means on the analysis scale; SDs and errors get the same. */
  readonly decimals: (endpointId: string) => number;
  readonly sizingRow: (
    analysis: "unadjusted" | "ancova" | "ancova-with-score",
  ) => DossierRecord["sizing"]["rows"][number];
  readonly cell: (designId: string, scenarioId: string) => CellResult | undefined;
  readonly designs: readonly TrialDesign[];
  readonly enrolledPopulation: string;
  readonly historyPopulation: string;
}

/**
 * Reads a record for reporting.
 *
 * @throws DomainError INSUFFICIENT_DATA when the record lacks a data set or the evaluation at its primary endpoint and visit.
 */
export function dossierContext(record: DossierRecord): DossierContext {
  const { study, model } = record;
  const primary = record.simulation.spec.primary;
  const at = <T extends Place>(rows: readonly T[]): T =>
    required(
      rows.find((row) => row.endpointId === primary.endpointId && row.visitId === primary.visitId),
      "model.evaluation",
      `${primary.endpointId} at ${primary.visitId}`,
    );
  const history = required(
    record.datasets.find((dataset) => dataset.role === "historical-control"),
    "datasets",
    "historical-control",
  );
  const enrolled = required(
    record.datasets.find((dataset) => dataset.role === "enrolled"),
    "datasets",
    "enrolled",
  );
  const federation = federationOf(model);
  const scale = (endpointId: string) =>
    model.evaluation.gain.find((row) => row.endpointId === endpointId)?.variance.standardDeviation ?? 1;
  return {
    record,
    study,
    primary,
    primaryLabel: placeLabel(model, primary),
    primaryUnit: endpointUnit(model, primary.endpointId),
    history,
    enrolled,
    gain: at(model.evaluation.gain),
    calibration: at(model.evaluation.calibration),
    verdict: at(model.evaluation.verdicts),
    place: (row) => placeLabel(model, row),
    endpoint: (id) => endpointLabel(model, id),
    visit: (id) => visitLabel(model, id),
    unit: (id) => endpointUnit(model, id),
    decimals: (id) => decimalsForScale(scale(id)),
    sizingRow: (analysis) =>
      required(
        record.sizing.rows.find((row) => row.analysis === analysis),
        "sizing.rows",
        analysis,
      ),
    cell: (designId, scenarioId) =>
      record.simulation.cells.find((cell) => cell.designId === designId && cell.scenarioId === scenarioId),
    designs: record.simulation.spec.designs,
    enrolledPopulation: `Enrolled patients, ${enrolled.name}; N = ${formatCount(enrolled.patients)}`,
    historyPopulation:
      federation === undefined
        ? `Historical controls, ${history.name}; N = ${formatCount(history.patients)}`
        : `Control patients of ${formatCount(federation.sites.length)} federated sites; N = ${formatCount(model.parameters.patients)}`,
  };
}

function required<T>(value: T | undefined, argument: string, what: string): T {
  if (value !== undefined) return value;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument,
    received: "missing",
    requirement: `must hold ${what} for a dossier`,
    hint: "Finish the steps of the study that lead to it, then build the dossier again.",
  });
}
