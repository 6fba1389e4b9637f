import { DomainError } from "../../errors/domain-error.ts";
import type { Endpoint } from "../../trial/endpoint.ts";
import type { MemberTraining } from "../member.ts";

/** Fewest patients with a value of an endpoint. */
const MINIMUM_PATIENTS = 10;
/** Standard errors that the mean change of an endpoint must be away from none, for the course to have a direction. */
const CLEAR_DIRECTION = 2;

/**
 * Refuses endpoints that a disease-course map cannot follow: without two known ends on their own scale, or without a direction
 * that patients have in common. Everybody runs through the same course at an own speed and none turns back, so that the spread
 * of courses that improve as often as they worsen would be taken for speed and shift every forecast. METHODS.md, (DC8).
 *
 * @throws DomainError UNSUPPORTED_COMBINATION naming every endpoint at fault.
 */
export function refuseUnsuited({ table }: MemberTraining): void {
  const unbounded = table.endpoints.filter((endpoint) => !isBounded(endpoint)).map(({ label }) => label);
  const undirected = table.endpoints.flatMap((endpoint, e) =>
    isBounded(endpoint) && !(Math.abs(directionOf(table, e)) >= CLEAR_DIRECTION) ? [endpoint.label] : [],
  );
  if (unbounded.length === 0 && undirected.length === 0) return;
  const faults = [
    ...(unbounded.length === 0
      ? []
      : [`no smallest and largest value on its own scale is known of ${unbounded.join(", ")}`]),
    ...(undirected.length === 0 ? [] : [`patients improve about as often as they worsen in ${undirected.join(", ")}`]),
  ];
  throw new DomainError("UNSUPPORTED_COMBINATION", {
    argument: "endpoints",
    received: faults.join("; "),
    requirement: "must all be bounded, monotone scales for a disease-course map",
    hint: "Leave this member out, or train the bounded scales by themselves; state their range in the mapping.",
  });
}

/** Refuses endpoints of which too little is known. */
export function refuseUninformative({ table }: MemberTraining): void {
  const problems = table.endpoints.flatMap((endpoint, e) => {
    const courses = coursesOf(table, e).map(([, ...visits]) => visits.filter((value) => !Number.isNaN(value)));
    const patients = courses.filter((values) => values.length > 0).length;
    if (patients < MINIMUM_PATIENTS) return [`${endpoint.label} (${patients} patients)`];
    const values = courses.flat();
    return values.every((value) => value === values[0]) ? [`${endpoint.label} (always the same value)`] : [];
  });
  if (problems.length === 0) return;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "data",
    received: problems.join("; "),
    requirement: `must hold different values of every endpoint in at least ${MINIMUM_PATIENTS} patients for a disease-course map`,
    hint: "Leave out the endpoint, or check its mapping.",
  });
}

function isBounded({ scale, sourceRange }: Endpoint): boolean {
  const { minimum, maximum } = sourceRange;
  return scale === "identity" && minimum !== null && maximum !== null && minimum < maximum;
}

/** Mean of last minus first value over the patients with two, in standard errors; NaN where nobody has two or all are alike. */
function directionOf(table: MemberTraining["table"], e: number): number {
  let [count, sum, square] = [0, 0, 0];
  for (const course of coursesOf(table, e)) {
    const known = course.filter((value) => !Number.isNaN(value));
    if (known.length < 2) continue;
    const change = known.at(-1)! - known[0]!;
    count++;
    sum += change;
    square += change * change;
  }
  const mean = sum / count;
  const variance = (square - count * mean * mean) / (count - 1);
  return mean / Math.sqrt(variance / count);
}

/** [patient][1 + V] baseline and visits; NaN = missing. */
function coursesOf(table: MemberTraining["table"], e: number): number[][] {
  const E = table.endpoints.length;
  const V = table.visits.length;
  return Array.from({ length: table.count }, (_, i) => [
    table.baseline[i * E + e]!,
    ...table.outcomes.subarray((i * E + e) * V, (i * E + e + 1) * V),
  ]);
}
