import type { ProgramCode } from "../../program-code/program-code.ts";
import { rNumber } from "../../program-code/r-literal.ts";
import { sasName, sasNumber } from "../../program-code/sas-literal.ts";
import type { EventData } from "./event-data.ts";
import {
  rCovariateColumns,
  rCritical,
  rEffects,
  rEventData,
  sasAlpha,
  sasClass,
  sasEventData,
} from "./survival-program.ts";
import type { RestrictedMeanSpec } from "./time-to-event-spec.ts";

/** R and SAS programs of a comparison of restricted means. */
export function restrictedMeanProgram(spec: RestrictedMeanSpec, data: EventData, horizon: number): ProgramCode {
  const adjusts = data.covariates.length > 0;
  const tail = [
    `z <- (estimate - ${rNumber(spec.nullValue)}) / se`,
    `half <- ${rCritical(spec.confidence)} * se`,
    `data.frame(effect = paste(experimental, "minus", levels(used$arm)[1]), estimate, se, z,`,
    "           p = 2 * pnorm(-abs(z)), lower = estimate - half, upper = estimate + half)",
  ];
  const body = adjusts
    ? rEffects(["fit <- restricted_mean_regression(pair, tau)", "estimate <- fit[1]", "se <- fit[2]", ...tail])
    : rEffects([
        "means <- summary(survfit(Surv(time, event) ~ arm, data = pair), rmean = tau)$table",
        'estimate <- means[2, "rmean"] - means[1, "rmean"]',
        'se <- sqrt(sum(means[, "se(rmean)"]^2))',
        ...tail,
      ]);
  const r = [...rEventData(data), `tau <- ${rNumber(horizon)}`, ...(adjusts ? rRegression(data) : []), ...body];
  const sas = [
    ...sasEventData(data),
    ...(adjusts
      ? [
          `proc rmstreg data=used tau=${sasNumber(horizon)} alpha=${sasAlpha(spec.confidence)};`,
          sasClass(data).replace(" / param=ref", ""),
          `  model time*event(0) = arm ${data.covariates.map(({ name }) => sasName(name)).join(" ")} / link=linear method=ipcw(strata=arm);`,
        ]
      : [
          `proc lifetest data=used rmst(tau=${sasNumber(horizon)}) alpha=${sasAlpha(spec.confidence)};`,
          "  time time*event(0);",
          "  strata arm / diff=all;",
        ]),
    "run;",
  ];
  return {
    r: `${r.join("\n")}\n`,
    rPackages: ["survival"],
    sas: `${sas.join("\n")}\n`,
    sasNote: adjusts
      ? "PROC RMSTREG (SAS/STAT 15.1 and later) gives the same coefficients; its standard errors take another estimate of the variance of the weights."
      : "The RMST option needs SAS/STAT 15.1 or later.",
  };
}

function rRegression(data: EventData): string[] {
  return [
    "# Weighted regression of min(time, tau) with inverse probability of censoring weights (Tian, Zhao and Wei 2014)",
    "restricted_mean_regression <- function(pair, tau) {",
    "  treated <- as.integer(pair$arm == levels(pair$arm)[2])",
    ...rCovariateColumns(data),
    "  x <- cbind(1, treated, x)",
    "  y <- pmin(pair$time, tau)",
    "  complete <- ifelse(pair$time >= tau, 1, pair$event)",
    "  w <- numeric(length(y))",
    "  for (a in 0:1) {",
    "    own <- treated == a",
    "    g <- survfit(Surv(y[own], 1 - complete[own]) ~ 1)",
    "    w[own] <- complete[own] / g$surv[findInterval(y[own], g$time)]",
    "  }",
    "  beta <- coef(lm.wfit(x, y, w))",
    "  score <- x * (w * drop(y - x %*% beta))",
    "  meat <- 0",
    "  for (a in 0:1) {",
    "    own <- which(treated == a)",
    "    later <- t(sapply(own, function(i) colSums(score[own[y[own] >= y[i]], , drop = FALSE])))",
    "    at_risk <- sapply(own, function(i) sum(y[own] >= y[i]))",
    "    censored <- 1 - complete[own]",
    "    kappa <- t(sapply(seq_along(own), function(k) {",
    "      before <- y[own] <= y[own[k]]",
    "      score[own[k], ] + later[k, ] * censored[k] / at_risk[k] -",
    "        colSums((later * censored / at_risk^2)[before, , drop = FALSE])",
    "    }))",
    "    meat <- meat + crossprod(kappa)",
    "  }",
    "  bread <- solve(crossprod(x), tol = 0)",
    "  c(beta[2], sqrt((bread %*% meat %*% bread)[2, 2]))",
    "}",
    "",
  ];
}
