import type { ProgramCode } from "../program-code/program-code.ts";
import { rString } from "../program-code/r-literal.ts";
import { sasString } from "../program-code/sas-literal.ts";
import { withSasNotExecuted } from "../program-code/sas-not-executed.ts";
import type { GainAtVisit } from "./model-document.ts";

/** Name of the file of out-of-fold predictions that the programs read from their folder. */
export const HELD_OUT_FILE = "out-of-fold.csv";

/**
 * Programs of independent software that give the gain of a model again from its out-of-fold predictions
 * (`heldOutTable`): gain, partial correlation, R² without and with the score and SD, METHODS.md (P10)–(P13). The R program
 * defines the data frame `estimates` and adds a patient bootstrap with R's own random numbers, whose limits agree with the
 * printed ones within their Monte Carlo error.
 *
 * @param at - Endpoint and visit, with the figures that the programs are expected to print.
 * @param bootstrapReplicates - B of the model.
 */
export function gainProgram(at: GainAtVisit, bootstrapReplicates: number): ProgramCode {
  const expected = [at.gain.value, at.partialCorrelation.value, at.variance.rSquaredAncova.value]
    .map((value) => value.toPrecision(7))
    .join(", ");
  const r = `# Gain of the twin over ANCOVA, from what both predicted for patients they had not seen
d <- read.csv(${rString(HELD_OUT_FILE)}, colClasses = c(patient = "character", study = "character"))
d <- d[d$endpoint == ${rString(at.endpointId)} & d$visit == ${rString(at.visitId)}, ]
d <- d[complete.cases(d[c("observed", "baseline", "baseline_ancova", "mean_change")]), ]

statistics <- function(d) {
  residual <- d$observed - d$baseline_ancova
  score <- d$score_beyond_baseline                     # score minus its regression
  sse <- sum(residual^2)
  gain <- 1 - sum((d$observed - d$twin)^2) / sse       # (P10)
  r <- sum(score * residual) / sqrt(sum(score^2) * sse)     # (P11)
  if (!is.finite(r)) r <- 0
  unexplained <- sse / sum((d$observed - mean(d$observed))^2)
  c(gain = gain, partial_correlation = r, r2_ancova = 1 - unexplained,
    r2_with_score = 1 - unexplained * (1 - max(0, r)^2),    # (P13)
    sd = sd(d$observed))
}
value <- statistics(d)
set.seed(1)
resampled <- replicate(${bootstrapReplicates},                          # (P12)
                       statistics(d[sample(nrow(d), replace = TRUE), ]))
limits <- apply(resampled, 1, quantile, c(0.025, 0.975))
estimates <- data.frame(estimate = names(value), patients = nrow(d), value = value,
                        lower = limits[1, ], upper = limits[2, ], row.names = NULL)
print(estimates, digits = 7)
# expected: gain, partial correlation, R2 of ANCOVA ${expected}`;
  return withSasNotExecuted({
    r,
    rPackages: [],
    sas: sasProgram(at),
    sasNote: "Estimates only; the bootstrap is left to R.",
  });
}

function sasProgram(at: GainAtVisit): string {
  return `proc import datafile='${HELD_OUT_FILE}' out=held dbms=csv replace;
  guessingrows=max;
run;
data held;
  set held;
  where endpoint = ${sasString(at.endpointId)} and visit = ${sasString(at.visitId)};
  if nmiss(observed, baseline, baseline_ancova, mean_change) = 0;
  residual = observed - baseline_ancova;
run;
proc sql;
  select count(*) as patients,
         1 - sum((observed - twin)**2) / sum(residual**2) as gain,
         sum(score_beyond_baseline * residual)
           / sqrt(sum(score_beyond_baseline**2) * sum(residual**2)) as partial_correlation,
         1 - sum(residual**2) / css(observed) as r2_ancova,
         1 - sum(residual**2) / css(observed)
           * (1 - max(0, calculated partial_correlation)**2) as r2_with_score,
         std(observed) as sd
    from held;
quit;
`;
}
