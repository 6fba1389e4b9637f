import { rNumber, rNumbers } from "../program-code/r-literal.ts";
import type { EfficacyBoundary } from "./efficacy-bound.ts";
import type { ErrorSpending } from "./spending-function.ts";

/** R function of the information fraction that gives the cumulative error; `total` is R source of the whole error. */
export function rSpending(spending: ErrorSpending, total: string): string {
  switch (spending.family) {
    case "lan-demets-obrien-fleming":
      return `function(x) ifelse(x >= 1, ${total}, 2 * pnorm(qnorm(${total} / 2) / sqrt(x)))`;
    case "lan-demets-pocock":
      return `function(x) ${total} * log(1 + (exp(1) - 1) * x)`;
    case "hwang-shih-decani":
      return spending.gamma === 0
        ? `function(x) ${total} * x`
        : `function(x) ${total} * expm1(-(${rNumber(spending.gamma)}) * x) / expm1(-(${rNumber(spending.gamma)}))`;
    case "kim-demets":
      return `function(x) ${total} * x^${rNumber(spending.rho)}`;
    case "exponential":
      return `function(x) ${total}^(x^-${rNumber(spending.nu)})`;
    case "user-defined":
      return `function(x) ${total} * approx(c(0, ${spending.points.map((point) => rNumber(point.informationFraction)).join(", ")}), c(0, ${spending.points.map((point) => rNumber(point.share)).join(", ")}), x)$y`;
  }
}

/** R call that gives the efficacy bounds of a family; needs `alpha`, `tested`, `new_lower` and the recursion. */
export function rEfficacy(boundary: EfficacyBoundary): string {
  switch (boundary.family) {
    case "obrien-fleming":
      return "by_shape(0, new_lower)";
    case "pocock":
      return "by_shape(0.5, new_lower)";
    case "wang-tsiatis":
      return `by_shape(${rNumber(boundary.shape)}, new_lower)`;
    case "haybittle-peto":
      return `by_interim_bound(${rNumber(boundary.interimBound)}, new_lower)`;
    case "final-only":
      return "by_spending(function(x) alpha * (x >= 1), new_lower)";
    default:
      return `by_spending(${rSpending(boundary, "alpha")}, new_lower)`;
  }
}

/** Logical vector in R. */
export function rLogicals(values: readonly boolean[]): string {
  return `c(${values.map((value) => (value ? "TRUE" : "FALSE")).join(", ")})`;
}

/** Numbers with missing values as −Inf: bounds that are not there. */
export function rLowerBounds(values: readonly (number | null)[]): string {
  return rNumbers(values.map((value) => value ?? -Infinity));
}
