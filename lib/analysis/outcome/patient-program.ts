import { rString, rStrings } from "../../program-code/r-literal.ts";
import { sasName, sasNumber, sasString } from "../../program-code/sas-literal.ts";
import { type AnalysisTable, rReadAnalysisTable, sasReadAnalysisTable, tableText } from "../analysis-table.ts";
import type { Covariate } from "../covariate.ts";

/** First lines of an R program that reads one row a patient: the data, with arms and categories as factors. */
export function rPatientData(
  table: AnalysisTable,
  armNames: readonly string[],
  variables: readonly Covariate[],
  comment: string,
): string[] {
  const named = new Map(variables.map((variable) => [variable.name, variable]));
  const factors = [...named.values()].flatMap((variable) => {
    if (variable.kind === "numeric") return [];
    const column = `data[[${rString(variable.name)}]]`;
    return [`${column} <- droplevels(factor(${column}, levels = ${rStrings(variable.levels.map(tableText))}))`];
  });
  return [
    `# ${comment.replace(/[\r\n]+/g, " ")}`,
    rReadAnalysisTable(table),
    `data$arm <- factor(data$arm, levels = ${rStrings(armNames.map(tableText))})`,
    ...factors,
    "",
  ];
}

/** First lines of a SAS program that reads one row a patient. */
export function sasPatientData(table: AnalysisTable, comment: string): string[] {
  return [`/* ${comment.replace(/[\r\n]+/g, " ").replaceAll("*/", "* /")} */`, ...sasReadAnalysisTable(table, "used")];
}

/**
 * Data set `pair` of the control and one other arm, in which `pair_arm` is 1 for the other arm and 2 for the control, so that
 * procedures that compare the first group with the second compare as the report does.
 */
export function sasPair(control: string, experimental: string, more = ""): string {
  return `data pair; set used; where arm in (${sasString(tableText(control))}, ${sasString(tableText(experimental))}); pair_arm = 1 + (arm = ${sasString(tableText(control))});${more} run;`;
}

/** CLASS statement with the control arm as reference and the first level that occurs as reference of each covariate. */
export function sasPatientClass(armNames: readonly string[], variables: readonly Covariate[]): string {
  const classes = variables.flatMap((variable) =>
    variable.kind === "categorical"
      ? [
          `${sasName(variable.name)}(ref=${sasString(tableText(variable.levels[Math.min(...Array.from(variable.codes))]!))})`,
        ]
      : [],
  );
  return `  class arm(ref=${sasString(tableText(armNames[0]!))}) ${classes.join(" ")} / param=ref;`;
}

/** alpha= of a confidence. */
export function sasAlphaOf(confidence: number): string {
  return sasNumber(Number((1 - confidence).toPrecision(12)));
}
