import { wrapProgram } from "../../program-code/wrap-program.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import { sizingProgram } from "../../sizing/sizing-program.ts";
import type { DossierContext } from "../dossier-context.ts";
import { heading, paragraph, see } from "../prose.ts";
import { boundsProgram, simulationProgram } from "../reproduction-code.ts";
import { scoreProgram } from "../score-program.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** Longest line of a printed program, in characters. */
const PRINTED_WIDTH = 84;

/** Programs in another language that give the printed numbers again. */
export function appendixCodeSection(context: DossierContext): ReportBlock[] {
  const bounds = boundsProgram(context);
  const simulation = simulationProgram(context);
  const score = scoreProgram(context);
  return [
    heading(1, "appendixCode", SECTION_TITLES.appendixCode),
    heading(2, "appendixCode-score", "Prognostic score (base R)"),
    score === null
      ? paragraph`The score is not a linear equation, so that no short program gives it. It is computed again from the parameters in results.json (model) by the command understudy twins, which needs the model and the file of the enrolled patients; ${see("table-score")} gives the line next to it.`
      : paragraph`The following R program computes the score of a baseline from the numbers of the frozen model, in full precision. Categorical covariates enter as indicators of their levels, endpoints on the analysis scale.`,
    ...(score === null ? [] : [{ kind: "code" as const, language: "R" as const, text: score }]),
    heading(2, "appendixCode-sizing", "Sample size (base R)"),
    paragraph`The following R program needs no package. It prints sizes, exact power and fallback power of the three analyses.`,
    { kind: "code", language: "R", text: sizingProgram(context.record.sizing).r },
    heading(2, "appendixCode-bounds", "Boundaries (base R)"),
    bounds === null
      ? paragraph`No design has an interim look; the critical value is qnorm(1 - alpha).`
      : paragraph`The following R program recomputes the bounds of every design with interim looks by recursive numerical integration and needs no package.`,
    ...(bounds === null ? [] : [{ kind: "code" as const, language: "R" as const, text: bounds }]),
    heading(2, "appendixCode-simulation", "Simulation (base R)"),
    simulation === null
      ? paragraph`Every design is analysed by MMRM, which base R does not have: the R code of the planned analysis shows the model, and the command below repeats the simulation.`
      : paragraph`The following R program is an independent simulation of the design named in its first lines, without effect and at the planned effect, from the law (M1) with the numbers of this report. It uses R's own random numbers; agreement is to be judged by the Monte Carlo standard errors. It was not run by the program that wrote this report.`,
    ...(simulation === null ? [] : [{ kind: "code" as const, language: "R" as const, text: simulation }]),
    ...analysisPrograms(context),
    heading(2, "appendixCode-command", "The whole report"),
    paragraph`The command line makes every document of this report again from the files named in the manifest:`,
    {
      kind: "code",
      language: "text",
      text: [
        "understudy import HISTORY-FILE --mapping mapping-history.json --out history.json",
        "understudy import TRIAL-FILE --mapping mapping-enrolled.json --out trial.json",
        "understudy train history.json --spec training.json --out model.json",
        "understudy twins --model model.json --data trial.json --out twins.json",
        "understudy size --spec sizing.json --out sizing-result.json",
        "understudy simulate --spec simulation.json --model model.json --out simulation.json",
        "understudy dossier plan.json --out FOLDER",
        "understudy verify FOLDER --rerun",
      ].join("\n"),
    },
  ];
}

/** Programs of every analysis and saved calculation. */
function analysisPrograms({ record }: DossierContext): ReportBlock[] {
  const programs = [
    ...(record.analyses?.analyses ?? []).flatMap(({ planned, outcome }) =>
      outcome.kind === "report"
        ? [{ id: `analysis-${planned.id}`, name: planned.name, code: outcome.report.code }]
        : [],
    ),
    ...record.calculations.map(({ name, report }, index) => ({
      id: `calculation-${index + 1}`,
      name,
      code: report.code,
    })),
  ];
  return programs.flatMap(({ id, name, code }) => [
    heading(2, `appendixCode-${id}`, name),
    paragraph`${code.rPackages.length === 0 ? "Base R" : `R with ${code.rPackages.join(", ")}`}. ${code.sasNote}`,
    { kind: "code" as const, language: "R" as const, text: wrapProgram(code.r, "R", PRINTED_WIDTH) },
    ...(code.sas === null
      ? []
      : [{ kind: "code" as const, language: "SAS" as const, text: wrapProgram(code.sas, "SAS", PRINTED_WIDTH) }]),
  ]);
}
