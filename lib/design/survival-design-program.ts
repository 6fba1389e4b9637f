import { rCourseFunctions, rDrift } from "../power/survival/survival-power-program.ts";
import type { ProgramCode } from "../program-code/program-code.ts";
import { rName, rNumber } from "../program-code/r-literal.ts";
import { designProgram } from "./design-program.ts";
import type { GroupSequentialSpec } from "./group-sequential-design.ts";
import type { SurvivalDesignSpec } from "./survival-design-spec.ts";

/**
 * Base R program of a group sequential trial with events: the plan by recursion, then events and calendar times by
 * quadrature; prints a data frame `stages`.
 */
export function survivalDesignProgram(
  spec: SurvivalDesignSpec,
  plan: GroupSequentialSpec,
  settings: Readonly<Record<string, number>>,
): ProgramCode {
  const design = designProgram(plan, [1]);
  const row = { ...settings, ratio: spec.ratio, nullHazardRatio: spec.nullHazardRatio };
  const fields = Object.entries(row).map(([name, value]) => `${rName(name)} = ${rNumber(value)}`);
  const direction = spec.hazardRatio < spec.nullHazardRatio ? -1 : 1;
  const fixedEvents =
    spec.convention === "lachin-foulkes"
      ? [
          "errors <- function(of) sqrt(sum(1 / of(s, hr, end)))",
          "fixed_events <- per_subject * ((qnorm(1 - alpha) * errors(under_null) + qnorm(power) * errors(under_effect)) / log(hr / s$nullHazardRatio))^2",
        ]
      : [`fixed_events <- ((qnorm(1 - alpha) + qnorm(power)) / (${rDrift(spec.convention)}))^2`];
  const lines = [
    design.r.trimEnd(),
    "",
    "# Events and calendar times",
    `s <- data.frame(${fields.join(", ")})`,
    `hr <- ${rNumber(spec.hazardRatio)}`,
    rCourseFunctions(spec),
    "end <- end_of(s)",
    "per_subject <- sum(under_effect(s, hr, end))",
    ...fixedEvents,
    "events <- fixed_events * (drift / (qnorm(1 - alpha) + qnorm(power)))^2",
    "subjects <- events / per_subject",
    "reach <- function(d) if (d >= events * (1 - 1e-12)) end else",
    "  uniroot(function(time) subjects * sum(under_effect(s, hr, time)) - d, c(1e-9, end), tol = 1e-11 * end)$root",
    "stages <- data.frame(analysis = seq_len(K), events = events * t, time = sapply(events * t, reach),",
    `                     hazard_ratio = s$nullHazardRatio * exp(${direction} * b$u * (1 + s$ratio) / sqrt(s$ratio * events * t)))`,
    "print(stages, digits = 10)",
    'cat("events", format(events, digits = 12), "subjects", format(subjects, digits = 12), "\\n")',
    "",
  ];
  return { r: lines.join("\n"), rPackages: design.rPackages, sas: design.sas, sasNote: design.sasNote };
}
