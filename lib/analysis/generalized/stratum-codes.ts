import { invalidInput } from "../../errors/domain-error.ts";
import type { Covariate } from "../covariate.ts";

/** More values than this are taken for a continuous variable. */
const MOST_VALUES = 20;

/**
 * One code for each combination of the strata that occurs; null without strata.
 *
 * @throws DomainError INVALID_INPUT for a variable with too many values.
 */
export function stratumCodes(strata: readonly Covariate[], rows: number): Int32Array | null {
  if (strata.length === 0) return null;
  strata.forEach((variable, k) => {
    const values = new Set(Array.from(variable.kind === "numeric" ? variable.values : variable.codes));
    if (values.size > MOST_VALUES)
      throw invalidInput(
        `strata.${k}`,
        variable.name,
        `must have at most ${MOST_VALUES} values; it has ${values.size}`,
        "Use it as a covariate, or cut it into groups first.",
      );
  });
  const codes = new Map<string, number>();
  return Int32Array.from({ length: rows }, (_, i) => {
    const key = strata.map((v) => String(v.kind === "numeric" ? v.values[i] : v.codes[i])).join("|");
    const known = codes.get(key);
    if (known !== undefined) return known;
    codes.set(key, codes.size);
    return codes.size - 1;
  });
}
