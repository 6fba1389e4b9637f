import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { noncentralTUpperTail } from "../numerics/noncentral-t.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { studentTUpperQuantile } from "../numerics/student-t.ts";

/** Blinded data of the internal pilot: patients of both arms together. */
export interface BlindedPilot {
  readonly n: number;
  /** Standard deviation of all patients about their common mean. */
  readonly standardDeviation: number;
}

export interface BlindedSizeProblem {
  readonly pilot: BlindedPilot;
  /** `lumped`: the standard deviation as it is; `adjusted`: less the part that the assumed effect adds. */
  readonly estimator: "lumped" | "adjusted";
  /** Difference of means to be shown, not 0. */
  readonly effect: number;
  /** Null value of the difference. */
  readonly nullValue: number;
  readonly oneSidedAlpha: number;
  readonly power: number;
  /** Experimental patients for each control patient. */
  readonly allocationRatio: number;
  /** Smallest and largest total size. */
  readonly minimum: number;
  readonly maximum: number;
  /** Maximum information of the group sequential plan over that of a single analysis; 1 without interim analyses. */
  readonly inflationFactor: number;
}

export interface BlindedSize {
  /** Standard deviation used. */
  readonly standardDeviation: number;
  /** Total size for the power, before limits and rounding. */
  readonly exactTotal: number;
  readonly experimental: number;
  readonly control: number;
  /** Power of a single-analysis t test at that standard deviation and size. */
  readonly power: number;
}

/**
 * New size of a comparison of two means from the blinded standard deviation of an internal pilot.
 *
 * @param problem - Pilot, effect, error, power and limits.
 * @returns Size with the wanted power of the two-sample t test (exact noncentral t).
 * @throws DomainError INVALID_INPUT for limits or an effect that make no sense, INSUFFICIENT_DATA when the adjusted variance
 *   is not positive.
 *
 * @remarks METHODS.md eq. (G46)–(G47). The treatment groups stay hidden, so the test keeps its error practically unchanged.
 * Source: Kieser & Friede (2003), Stat Med 22:3571–3581; Gould & Shih (1992), Commun Stat A 21:2833–2853.
 */
export function blindedSize(problem: BlindedSizeProblem): BlindedSize {
  const {
    effect,
    nullValue,
    oneSidedAlpha,
    power,
    allocationRatio: ratio,
    minimum,
    maximum,
    inflationFactor,
  } = problem;
  if (!(Math.abs(effect - nullValue) > 0))
    throw invalidInput("effect", effect, "must differ from the null value", "Enter the difference to be shown.");
  if (!(power > oneSidedAlpha && power < 1))
    throw invalidInput("power", power, `must lie between the error ${oneSidedAlpha} and 1`);
  if (!(minimum >= 4 && maximum >= minimum))
    throw invalidInput(
      "maximum",
      maximum,
      `must be at least the smallest size ${minimum}, which is 4 or more`,
      "Raise the maximum, or lower the minimum (the planned total if none is given).",
    );
  const standardDeviation = blindedStandardDeviation(problem);
  const powerAt = (total: number) => {
    const rootSize = Math.sqrt((total * ratio) / (1 + ratio) ** 2);
    const degreesOfFreedom = total - 2;
    const critical = studentTUpperQuantile(oneSidedAlpha, degreesOfFreedom);
    const noncentrality = (Math.abs(effect - nullValue) / standardDeviation) * rootSize;
    return noncentralTUpperTail(critical, degreesOfFreedom, noncentrality);
  };
  let large = 8;
  for (; powerAt(large) < power; large *= 2) if (large > 1e9) break;
  const single = powerAt(3) >= power ? 3 : findRoot((total) => powerAt(total) - power, 3, large).value;
  const exactTotal = single * inflationFactor;
  const total = Math.min(Math.max(exactTotal, minimum), maximum);
  const control = Math.ceil(total / (1 + ratio) - 1e-9);
  const experimental = Math.ceil((total * ratio) / (1 + ratio) - 1e-9);
  return {
    standardDeviation,
    exactTotal,
    experimental,
    control,
    power: powerAt((experimental + control) / inflationFactor),
  };
}

/** Standard deviation within arms as far as blinded data show it. METHODS.md eq. (G46). */
export function blindedStandardDeviation({
  pilot,
  estimator,
  effect,
  allocationRatio: ratio,
}: BlindedSizeProblem): number {
  const { n, standardDeviation } = pilot;
  if (!(n >= 4)) throw invalidInput("pilot.n", n, "must be at least 4 patients");
  if (!(standardDeviation > 0)) throw invalidInput("pilot.standardDeviation", standardDeviation, "must be positive");
  if (estimator === "lumped") return standardDeviation;
  const added = ((n / (n - 1)) * ratio * effect ** 2) / (1 + ratio) ** 2;
  const variance = standardDeviation ** 2 - added;
  if (variance > 0) return Math.sqrt(variance);
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "pilot.standardDeviation",
    received: standardDeviation,
    requirement: `must exceed ${Math.sqrt(added).toPrecision(4)}, the part that the assumed effect alone would add`,
    hint: 'The assumed effect cannot be that large, or use the estimator "lumped".',
  });
}
