import { rNumbers, rString } from "../program-code/r-literal.ts";
import { driftLines, planLines } from "./design-program.ts";
import type { GroupSequentialSpec } from "./group-sequential-design.ts";
import { R_CLOCK, R_RECURSION } from "./r-recursion.ts";

/** A plan whose bounds a program prints, with the bounds that it is expected to print. */
export interface NamedPlan {
  readonly name: string;
  readonly spec: GroupSequentialSpec;
  /** Efficacy bounds, Z scale; null where none. */
  readonly efficacy: readonly (number | null)[];
}

/**
 * Base R program of the bounds of several plans, whatever their boundaries and futility rules, by one recursion.
 *
 * @param plans - At least one plan; the power matters where the futility rule is built for one.
 * @returns Program that prints, for each plan, its name and a table of analyses with both bounds.
 * @remarks METHODS.md eq. (G5)–(G12), (G22), (G27)–(G30), (G49).
 */
export function boundsProgramOf(plans: readonly NamedPlan[]): string {
  return [
    "# Bounds of group sequential designs by recursive integration, base R only",
    ...plans.flatMap(({ name, spec, efficacy }, i) => [
      ...(i === 0 ? [] : [""]),
      `t <- ${rNumbers(spec.informationFractions)}`,
      i === 0 ? R_RECURSION : R_CLOCK,
      ...planLines(spec),
      ...(needsDrift(spec) ? driftLines(spec) : ["b <- bounds_for(0)"]),
      `cat(${rString(name)}, "\\n")`,
      "print(data.frame(analysis = seq_len(K), fraction = t, efficacy_z = b$u, futility_z = ifelse(is.finite(b$l) & t < 1, b$l, NA)), digits = 8)",
      `# expected efficacy_z: ${efficacy.map((bound) => (bound === null ? "Inf" : bound.toPrecision(8))).join(", ")}`,
    ]),
    "",
  ].join("\n");
}

/** Whether the futility rule depends on the design effect. */
const needsDrift = ({ futility }: GroupSequentialSpec) =>
  futility.kind === "beta-spending" || futility.kind === "scale" || futility.kind === "pampallona-tsiatis";
