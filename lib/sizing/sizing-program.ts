import type { ProgramCode } from "../program-code/program-code.ts";
import { rNumber } from "../program-code/r-literal.ts";
import { distanceToShow } from "./check-sizing-spec.ts";
import type { SizingResult } from "./sizing-document.ts";

/**
 * Program of independent software that gives the sizes of a plan again: sizes, exact power, fallback power of the three
 * analyses, METHODS.md (S2)–(S5). The program defines the data frame `sizes`, one row an analysis.
 *
 * @param result - A sizing; its totals stand in the program as what is expected.
 */
export function sizingProgram({ spec, rows }: Pick<SizingResult, "spec" | "rows">): ProgramCode {
  const ancova = spec.covariatesInAncova.value;
  const r = `# Sizes of three analyses by the exact noncentral t distribution
delta <- ${rNumber(distanceToShow(spec))}      # distance to show
sigma <- ${rNumber(spec.standardDeviation.value)}      # SD under control
alpha <- ${rNumber(spec.oneSidedAlpha.value)}; power <- ${rNumber(spec.power.value)}
ratio <- ${rNumber(spec.randomizationRatio.value)}; dropout <- ${rNumber(spec.dropout.value)}
lambda <- ${rNumber(spec.correlationDeflation.value)}; gamma <- ${rNumber(spec.controlSdInflation.value)}
r2 <- c(unadjusted = 0, ancova = ${rNumber(spec.rSquaredAncova.value)},
        score = ${rNumber(spec.rSquaredWithScore.value)})
q  <- c(0, ${ancova}, ${ancova + 1})           # covariate columns

power_at <- function(n1, n0, r2, q) {            # (S2)-(S4)
  nu <- n1 + n0 - 2 - q
  se <- sigma * sqrt((1 - lambda^2 * r2) * (1 / n1 + gamma^2 / n0))
  pt(qt(1 - alpha, nu), nu, delta / se, lower.tail = FALSE)
}
size <- function(k) {                            # (S5)
  gap <- function(N)
    power_at(N * ratio / (1 + ratio), N / (1 + ratio), r2[k], q[k]) - power
  low <- q[k] + 2.5
  N  <- if (gap(low) >= 0) low else uniroot(gap, c(low, 1e7), tol = 1e-9)$root
  n1 <- max(2, ceiling(N * ratio / (1 + ratio) - 1e-9))
  n0 <- max(2, ceiling(N / (1 + ratio) - 1e-9))
  arms <- c(n1, n0)
  data.frame(analysis = names(r2)[k], experimental = n1, control = n0, total = n1 + n0,
             power = power_at(n1, n0, r2[k], q[k]),
             power_at_zero = power_at(n1, n0, 0, q[k]),
             enrolled = sum(ceiling(arms / (1 - dropout) - 1e-9)))
}
sizes <- do.call(rbind, lapply(seq_along(r2), size))
rownames(sizes) <- NULL
print(sizes, digits = 7)
# expected: ${rows.map((row) => row.total).join(", ")} in all`;
  return {
    r,
    rPackages: [],
    sas: null,
    sasNote:
      "PROC GLMPOWER takes the correlation with covariates, but neither one side, a margin nor different SDs; no SAS program is given.",
  };
}
