import { DomainError } from "../../errors/domain-error.ts";

/** Patients with a measurement at a visit in an arm. */
export interface VisitCount {
  readonly visit: string;
  readonly arm: string;
  readonly patients: number;
}

/** With no more patients than this an arm says hardly anything about the variance at a visit. */
const HARDLY_ANY = 2;

/** Patients of each visit and arm, counted over the rows of a model. */
export function visitCounts(
  visits: readonly { readonly code: number; readonly name: string }[],
  arms: readonly string[],
  rows: { readonly visit: ArrayLike<number>; readonly arm: ArrayLike<number> },
): VisitCount[] {
  const cells = new Map<string, number>();
  for (let row = 0; row < rows.visit.length; row++) {
    const cell = `${rows.visit[row]} ${rows.arm[row]}`;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  return visits.flatMap(({ code, name }) =>
    arms.map((arm, a) => ({ visit: name, arm, patients: cells.get(`${code} ${a}`) ?? 0 })),
  );
}

/**
 * A failed fit of a covariance with what most often is behind it: visits with hardly any patients, by name.
 *
 * @param cause - The failure as the search reports it.
 * @param counts - Patients by visit and arm.
 * @param remedy - Field of the specification to change, and what to do.
 * @returns The cause itself where every visit has patients enough in every arm.
 */
export function namingSparseVisits(
  cause: DomainError,
  counts: readonly VisitCount[],
  remedy: { readonly field: string; readonly hint: string },
): DomainError {
  const sparse = counts.filter(({ patients }) => patients <= HARDLY_ANY);
  if (cause.code !== "NOT_CONVERGED" || sparse.length === 0) return cause;
  const visits = [...new Set(sparse.map(({ visit }) => visit))];
  const shown = visits.map((name) => {
    const own = counts.filter(({ visit }) => visit === name);
    return `${name} has ${own.map(({ arm, patients }) => `${patients} in ${arm}`).join(" and ")}`;
  });
  return new DomainError(cause.code, {
    argument: remedy.field,
    received: visits.join(", "),
    requirement: `must have patients enough at every visit to estimate its variance; of patients with a value ${shown.join("; ")} (${cause.detail.requirement.replace("must be estimable from the data, but ", "")})`,
    hint: remedy.hint,
  });
}
