import { describe, expect, it } from "vitest";
import { analyseMultipleImputation } from "../../../../lib/analysis/missing-data/analyse-multiple-imputation.ts";
import {
  type MultipleImputationSpec,
  multipleImputationSpecSchema,
} from "../../../../lib/analysis/missing-data/multiple-imputation-spec.ts";
import { hasR, type RFrame, runRProgram } from "../../../support/run-r-program.ts";
import { smallTrialData } from "../../../support/small-trial-data.ts";

const PATIENTS = 300;
const trial = smallTrialData({ seed: 31, patients: PATIENTS, dropout: 0.22 });
const IMPUTATIONS = 1500;
const strategies = ["MAR", "JR", "CR", "CIR", "LMCF"] as const;

/** Everybody has the first visit, and who left does not come back: the patterns are monotone. */
const wide = () => {
  const { values, baseline } = trial.endpoints[0]!;
  const rows = trial.patientIds.map((_, i) =>
    [trial.armNames[trial.arm[i]!], baseline[i], ...[0, 1, 2].map((v) => values[i * 3 + v]!)]
      .map((cell) => (Number.isNaN(cell) ? "" : cell))
      .join(","),
  );
  return `arm,base,y1,y2,y3\n${rows.join("\n")}\n`;
};

/**
 * With monotone patterns and every coefficient free at every visit, the likelihood factors into the regressions of each
 * visit on those before. Their least-squares estimates are independent in the posterior, so the mean of a patient's imputed
 * value over infinitely many imputations is its formula at the estimates.
 */
const PROGRAM = `
data <- read.csv("wide.csv"); data$arm <- factor(data$arm, levels = c("placebo", "active"))
estimate_of <- function(d, strategy) {
  fits <- list(lm(y1 ~ arm + base, d), lm(y2 ~ arm + base + y1, d), lm(y3 ~ arm + base + y1 + y2, d))
  means_of <- function(arm) {
    rows <- d; rows$arm <- factor(arm, levels = levels(d$arm))
    for (t in 1:3) rows[[paste0("y", t)]] <- predict(fits[[t]], rows)
    as.matrix(rows[, c("y1", "y2", "y3")])
  }
  reference <- means_of("placebo"); own <- reference
  own[d$arm == "active", ] <- means_of("active")[d$arm == "active", ]
  y <- as.matrix(d[, c("y1", "y2", "y3")]); last <- rowSums(!is.na(y))
  for (i in which(last < 3)) {
    k <- last[i]; after <- (1:3) > k; mu <- own[i, ]
    if (strategy == "JR") mu[after] <- reference[i, after]
    if (strategy == "CR") mu <- reference[i, ]
    if (strategy == "CIR") mu[after] <- own[i, k] + reference[i, after] - reference[i, k]
    if (strategy == "LMCF") mu[after] <- own[i, k]
    for (t in which(after)) {
      b <- coef(fits[[t]])[paste0("y", seq_len(t - 1))]
      y[i, t] <- mu[t] + sum(b * (y[i, seq_len(t - 1)] - mu[seq_len(t - 1)]))
    }
  }
  unname(coef(lm(y[, 3] ~ d$arm + d$base))[2])
}
strategies <- c("MAR", "JR", "CR", "CIR", "LMCF")
exact <- data.frame(estimate = sapply(strategies, function(s) estimate_of(data, s)))
set.seed(20)
resampled <- t(replicate(800, {
  rows <- unlist(lapply(split(seq_len(nrow(data)), data$arm), function(r) sample(r, replace = TRUE)))
  sapply(c("MAR", "JR"), function(s) estimate_of(data[rows, ], s))
}))
bootstrap <- data.frame(se = apply(resampled, 2, sd))
library(mice)
order <- matrix(0, 5, 5, dimnames = list(names(data), names(data)))
for (t in 1:3) order[paste0("y", t), c("arm", "base", paste0("y", seq_len(t - 1)))[seq_len(t + 1)]] <- 1
imputed <- mice(data, m = 600, maxit = 1, method = "norm", predictorMatrix = order, visitSequence = c("y2", "y3"),
                printFlag = FALSE, seed = 5)
fits <- sapply(seq_len(600), function(k) { f <- lm(y3 ~ arm + base, complete(imputed, k)); c(coef(f)[2], vcov(f)[2, 2]) })
by_mice <- data.frame(estimate = mean(fits[1, ]), within = mean(fits[2, ]), between = var(fits[1, ]))
`;

const spec = (choices: Partial<MultipleImputationSpec>) =>
  multipleImputationSpecSchema.parse({
    method: "multiple-imputation",
    endpoint: "scale",
    visit: "week12",
    outcome: "value",
    ...choices,
  });

const bayes = { kind: "bayes", imputations: IMPUTATIONS, burnIn: 200, thinning: 4 } as const;
const refits = { kind: "approximate-bayes", imputations: 500 } as const;

/** Estimate, standard error and variance between imputations at the last visit. */
function analysed(choices: Partial<MultipleImputationSpec>) {
  const report = analyseMultipleImputation(spec(choices), trial);
  const { estimate, standardError } = report.effects[0]!.result;
  const parts = report.tables.find(({ id }) => id === "variance-parts");
  return { estimate, standardError: standardError!, between: Number(parts?.rows[0]?.[3] ?? NaN) };
}

describe.skipIf(!hasR(["mice"]))("random imputations agree with formulas and with software of others", () => {
  const found = runRProgram(PROGRAM, { "wide.csv": wide() }, ["exact", "bootstrap", "by_mice"]);
  const column = (frame: string, name: string) => (found[frame] as RFrame)[name]!.map(Number);
  const exact = new Map(strategies.map((strategy, k) => [strategy, column("exact", "estimate")[k]!]));

  it.each(strategies)("conditional means, %s: least squares visit by visit", (strategy) => {
    const { estimate } = analysed({ strategy });
    expect(estimate).toBeCloseTo(exact.get(strategy)!, 8);
  });

  it.each(strategies)("posterior draws, %s: the formula within 4 Monte Carlo standard errors", (strategy) => {
    const { estimate, between } = analysed({ strategy, inference: bayes, seed: 11 });
    expect(Math.abs(estimate - exact.get(strategy)!)).toBeLessThan(4 * Math.sqrt(between / IMPUTATIONS));
  });

  it.each(strategies)("draws by refits, %s: the formula within 4 Monte Carlo standard errors", (strategy) => {
    const { estimate, between } = analysed({ strategy, inference: refits, seed: 12 });
    expect(Math.abs(estimate - exact.get(strategy)!)).toBeLessThan(4 * Math.sqrt(between / refits.imputations));
  });

  it("posterior draws under MAR: variance within and between imputations as mice has them", () => {
    const { standardError, between: own } = analysed({ inference: bayes, seed: 13 });
    const [within, between] = [column("by_mice", "within")[0]!, column("by_mice", "between")[0]!];
    // A variance over K draws has the relative error √(2/K).
    const error = Math.sqrt(2 / IMPUTATIONS + 2 / 600);
    expect(Math.abs(own / between - 1)).toBeLessThan(4 * error);
    const total = Math.sqrt(within + between * (1 + 1 / IMPUTATIONS));
    expect(Math.abs(standardError / total - 1)).toBeLessThan(4 * error * (between / (within + between)));
  });

  it.each(["MAR", "JR"] as const)(
    "resampled conditional means, %s: the standard error of another program's resampling",
    (strategy) => {
      const samples = 800;
      const { standardError } = analysed({
        strategy,
        inference: { kind: "conditional-mean-bootstrap", samples },
        seed: 14,
      });
      const other = column("bootstrap", "se")[strategy === "MAR" ? 0 : 1]!;
      expect(Math.abs(standardError / other - 1)).toBeLessThan(4 * Math.sqrt(1 / (2 * samples) + 1 / 1600));
    },
  );
});
