import { sasName, sasNumber, sasString } from "../../program-code/sas-literal.ts";
import { sasReadAnalysisTable, tableText } from "../analysis-table.ts";
import type { CovarianceStructure } from "./covariance-structure.ts";
import { type MmrmProgramInput, mmrmTable, weightColumn } from "./mmrm-program-input.ts";

const SAS_TYPES: Readonly<Record<CovarianceStructure, string | null>> = {
  unstructured: "un",
  toeplitz: "toep",
  "toeplitz-heterogeneous": "toeph",
  ar1: "ar(1)",
  "ar1-heterogeneous": "arh(1)",
  "compound-symmetry": "cs",
  "compound-symmetry-heterogeneous": "csh",
  "ante-dependence": null,
  "ante-dependence-heterogeneous": "ante(1)",
  "spatial-exponential": "sp(pow)(day)",
};

const SAS_FREEDOM = {
  satterthwaite: "satterthwaite",
  "kenward-roger": "kr",
  "kenward-roger-linear": "kr(linear)",
  "between-within": "bw",
  residual: "residual",
} as const;

const SAS_EMPIRICAL = {
  empirical: "classical",
  "empirical-bias-reduced": "root",
  "empirical-jackknife": "firores",
} as const;

/** SAS program of a mixed model for repeated measures; null where SAS lacks the structure. */
export function sasProgram(input: MmrmProgramInput): string | null {
  const { spec, data, columns, structure } = input;
  const type = SAS_TYPES[structure];
  if (type === null) return null;
  const predictors = columns.variables.slice(2);
  const classes = predictors.filter(({ kind }) => kind === "categorical").map(({ name }) => sasName(name));
  const single = columns.visits.length === 1;
  const terms = columns.terms
    .filter((term) => !(single && term.includes("visit")))
    // Effects in the order of the CLASS statement, as LSMEANS names them.
    .map((term) => (term.includes("arm") ? [...term].sort() : term).map(sasName).join("*"));
  const control = sasString(tableText(data.armNames[0]!));
  const alpha = sasNumber(Number((1 - spec.confidence).toPrecision(12)));
  const visits = columns.visits.map((visit) => sasString(tableText(data.visits[visit]!.id)));
  const weight = weightColumn(input);
  const weights = weight === null ? [] : [sasName(weight)];
  const needed = ["outcome", ...predictors.map(({ name }) => sasName(name)), ...weights];
  const order = visits.map((id, i) => `when (${id}) visit_number = ${i + 1};`).join(" ");
  const group = spec.groups === "by-arm" ? " group=arm" : "";
  const robust = spec.covariance === "model-based" ? null : SAS_EMPIRICAL[spec.covariance];
  const margins = spec.leastSquaresMeans === "proportional" ? " om" : "";
  const cells = single ? "arm" : "arm*visit_number";
  const means = [
    `  lsmeans ${cells} / cl alpha=${alpha}${margins};`,
    ...(single ? [`  lsmeans arm / diff=control(${control}) cl alpha=${alpha}${margins};`] : estimates(input, alpha)),
  ];
  const classLine = `  class patient arm(ref=${control}) visit_number${classes.map((name) => ` ${name}`).join("")};`;
  // Visits keep their planned order as numbers; the term of the visit is that of the number.
  const right = terms.map((term) => term.replaceAll(/\bvisit\b/g, "visit_number")).join(" ");
  const weightLine = weights.length === 0 ? [] : [`  weight ${weights[0]};`];
  const lines = [
    ...sasReadAnalysisTable(mmrmTable(data, columns), "imported"),
    ...(columns.withScore && spec.scoreAt === "primary-visit" ? primaryScore(input) : []),
    "data used; set imported;",
    `  select (visit); ${order} otherwise delete; end;`,
    spec.outcome === "change" ? "  outcome = value - baseline;" : "  outcome = value;",
    ...(columns.withScore && spec.outcome === "change" ? ["  score = score - baseline;"] : []),
    `  if cmiss(${needed.join(", ")}) = 0;`,
    "run;",
    ...(columns.withScore && spec.scoreAt === "same-visit"
      ? [
          "proc sql; create table centred as select *, score - mean(score) as centred_score from used group by visit_number; quit;",
          "data used; set centred; score = centred_score; run;",
        ]
      : []),
    ...(robust === null
      ? [
          `proc mixed data=used method=${spec.estimation};`,
          classLine,
          ...weightLine,
          `  model outcome = ${right} / solution ddfm=${SAS_FREEDOM[spec.degreesOfFreedom]};`,
          `  repeated ${structure === "spatial-exponential" ? "" : "visit_number "}/ subject=patient type=${type}${group} r rcorr;`,
          ...means,
          "run;",
        ]
      : [
          `proc glimmix data=used method=${spec.estimation === "reml" ? "rspl" : "mspl"} empirical=${robust};`,
          classLine,
          ...weightLine,
          `  model outcome = ${right} / solution ddfm=${SAS_FREEDOM[spec.degreesOfFreedom]};`,
          `  random ${structure === "spatial-exponential" ? "_residual_" : "visit_number"} / subject=patient type=${type}${group}${structure === "spatial-exponential" ? "" : " residual"} vcorr;`,
          ...means,
          "run;",
        ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** One LSMESTIMATE a comparison: cells run over the arms in SAS's order, the reference last, and over the visits. */
function estimates({ spec, data, columns }: MmrmProgramInput, alpha: string): string[] {
  const sorted = data.armNames.slice(1).map((name, i) => ({ name: tableText(name), code: i + 1 }));
  sorted.sort((a, b) => (a.name < b.name ? -1 : 1));
  const arms = [...sorted.map(({ code }) => code), 0];
  const order = [columns.primaryVisit, ...columns.visits.filter((visit) => visit !== columns.primaryVisit)];
  const line = (label: string, arm: number, visits: readonly number[]) => {
    const coefficients = arms.flatMap((code) =>
      columns.visits.map((visit) => {
        const sign = code === arm ? 1 : code === 0 ? -1 : 0;
        return visits.includes(visit) ? sign : 0;
      }),
    );
    const divisor = visits.length === 1 ? "" : ` divisor=${visits.length}`;
    return `  lsmestimate arm*visit_number ${sasString(label)} ${coefficients.join(" ")} /${divisor} cl alpha=${alpha};`;
  };
  const control = data.armNames[0]!;
  return [
    ...order.flatMap((visit) =>
      data.armNames
        .slice(1)
        .map((arm, a) => line(`${arm} minus ${control} at ${data.visits[visit]!.label}`, a + 1, [visit])),
    ),
    ...(spec.averageOver.length === 0
      ? []
      : data.armNames.slice(1).map((arm, a) => line(`${arm} minus ${control}, mean`, a + 1, columns.averageOver))),
  ];
}

function primaryScore({ data, columns }: MmrmProgramInput): string[] {
  const visit = sasString(tableText(data.visits[columns.primaryVisit]!.id));
  return [
    `data primary; set imported; where visit = ${visit}; keep patient score; run;`,
    "proc sort data=primary; by patient; run;",
    "proc sort data=imported; by patient; run;",
    "data imported; merge imported(drop=score) primary; by patient; run;",
  ];
}

/** What differs in SAS. */
export function sasProgramNote({ spec, structure }: MmrmProgramInput): string {
  if (structure === "ante-dependence")
    return "SAS has no ante-dependence with equal variances; choose the heterogeneous one to compare.";
  const notes = ["Visits are numbered in planned order; LSMESTIMATE gives the differences."];
  if (spec.degreesOfFreedom === "kenward-roger")
    notes.push(
      "DDFM=KR takes second derivatives in the parameters of SAS, mmrm and this program in those of mmrm, so that standard errors differ slightly; DDFM=KR(LINEAR) is the same in both.",
    );
  if (spec.covariance !== "model-based")
    notes.push(
      "PROC GLIMMIX names CR0, CR2 and CR3 CLASSICAL, ROOT and FIRORES; its Satterthwaite degrees of freedom are those of the model-based variance.",
    );
  if (structure === "spatial-exponential") notes.push("SP(POW) is the same structure with ρ as its parameter.");
  return notes.join(" ");
}
