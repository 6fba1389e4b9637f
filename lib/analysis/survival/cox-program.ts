import type { ProgramCode } from "../../program-code/program-code.ts";
import { rNumber, rString } from "../../program-code/r-literal.ts";
import { sasName } from "../../program-code/sas-literal.ts";
import type { EventData } from "./event-data.ts";
import { rCritical, rEventData, rRightSide, sasAlpha, sasClass, sasEventData, sasStrata } from "./survival-program.ts";
import type { CoxSpec } from "./time-to-event-spec.ts";

/** R and SAS programs of a proportional hazards model. */
export function coxProgram(spec: CoxSpec, data: EventData): ProgramCode {
  const robust = spec.variance === "robust";
  const r = [
    ...rEventData(data),
    `fit <- coxph(Surv(time, event) ~ ${rRightSide(data)}, data = used, ties = ${rString(spec.ties)}${robust ? ", robust = TRUE" : ""},`,
    "             control = coxph.control(eps = 1e-12, iter.max = 60))",
    "print(summary(fit))",
    "arms <- seq_len(nlevels(used$arm) - 1)",
    "estimate <- unname(coef(fit)[arms])",
    "se <- unname(sqrt(diag(vcov(fit, complete = TRUE))[arms]))",
    `z <- (estimate - log(${rNumber(spec.nullHazardRatio)})) / se`,
    `half <- ${rCritical(spec.confidence)} * se`,
    'effects <- data.frame(effect = paste(levels(used$arm)[-1], "minus", levels(used$arm)[1]), estimate, se, z,',
    "                      p = 2 * pnorm(-abs(z)), lower = estimate - half, upper = estimate + half)",
    "print(effects, digits = 10, row.names = FALSE)",
    "",
    "# Test of proportional hazards",
    `hazards <- cox.zph(fit, transform = ${rString(spec.timeTransform)})`,
    "hazards <- data.frame(term = rownames(hazards$table), hazards$table)",
    "print(hazards, digits = 10, row.names = FALSE)",
  ];
  const names = ["arm", ...data.covariates.map(({ name }) => sasName(name))].join(" ");
  const ties = spec.ties === "exact" ? "discrete" : spec.ties;
  const sas = [
    ...sasEventData(data),
    `proc phreg data=used${robust ? " covs" : ""} zph alpha=${sasAlpha(spec.confidence)};`,
    sasClass(data),
    `  model time*event(0) = ${names} / ties=${ties} rl;`,
    ...sasStrata(data),
    "run;",
  ];
  return {
    r: `${r.join("\n")}\n`,
    rPackages: ["survival"],
    sas: `${sas.join("\n")}\n`,
    sasNote:
      "The ZPH option (SAS/STAT 15.1 and later) tests proportional hazards with an approximation to the variance, so its chi-squares differ a little.",
  };
}
