/** What the cohort knows of one patient: the primary endpoint at the primary visit. */
export interface CohortRow {
  readonly patientId: string;
  readonly study: string;
  readonly arm: string;
  readonly prognosticScore: number;
  readonly observed: number | null;
  readonly outOfSupport: boolean;
  readonly outsideRange: readonly string[];
}

export const cohortOrders = ["patient", "score", "observed", "difference"] as const;
export type CohortOrder = (typeof cohortOrders)[number];

/** Which patients are listed, and in what order. */
export interface CohortView {
  /** Arm id, or null for all arms. */
  readonly arm: string | null;
  readonly support: "all" | "out-of-support" | "in-support";
  /** Part of the patient's id, upper and lower case alike; empty lists all. */
  readonly search: string;
  readonly order: CohortOrder;
  readonly descending: boolean;
}

export type ComparedCohortRow<Row extends CohortRow> = Row & {
  /** Observed minus twin; null where nothing was observed. */
  readonly difference: number | null;
};

/**
 * Patients of a cohort that a view asks for, in its order; unobserved values stand last in either direction.
 *
 * @param rows - All patients.
 * @param view - Filter and order.
 * @returns Rows with observed − prognostic score.
 */
export function viewCohort<Row extends CohortRow>(rows: readonly Row[], view: CohortView): ComparedCohortRow<Row>[] {
  const wanted = view.search.trim().toLowerCase();
  return rows
    .filter((row) => view.arm === null || row.arm === view.arm)
    .filter((row) => view.support === "all" || row.outOfSupport === (view.support === "out-of-support"))
    .filter((row) => row.patientId.toLowerCase().includes(wanted))
    .map((row) => ({ ...row, difference: row.observed === null ? null : row.observed - row.prognosticScore }))
    .sort((a, b) => compare(a, b, view) || byId.compare(a.patientId, b.patientId));
}

const byId = new Intl.Collator("en", { numeric: true });

function compare(a: ComparedCohortRow<CohortRow>, b: ComparedCohortRow<CohortRow>, view: CohortView): number {
  const sign = view.descending ? -1 : 1;
  if (view.order === "patient") return sign * byId.compare(a.patientId, b.patientId);
  const [x, y] = [valueIn(a, view.order), valueIn(b, view.order)];
  if (x === null || y === null) return Number(x === null) - Number(y === null);
  return sign * (x - y);
}

function valueIn(row: ComparedCohortRow<CohortRow>, order: Exclude<CohortOrder, "patient">): number | null {
  switch (order) {
    case "score":
      return row.prognosticScore;
    case "observed":
      return row.observed;
    case "difference":
      return row.difference;
  }
}
