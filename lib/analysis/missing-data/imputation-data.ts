import type { Covariate } from "../covariate.ts";
import type { CovarianceStructure } from "../mmrm/covariance-structure.ts";
import { type ModelTerm, modelDesign } from "../model-design.ts";
import type { ImputationData } from "./imputation-model.ts";
import type { ImputationStrategy } from "./imputation-strategy.ts";

export interface ImputationDataInput {
  /** [patient]; 0 is the control. */
  readonly arm: Int32Array;
  readonly armNames: readonly string[];
  readonly visitNames: readonly string[];
  /** [patient · visit]; NaN where it is to be imputed. */
  readonly outcome: Float64Array;
  /** Index of the first visit after the intercurrent event; the number of visits without one, [patient]. */
  readonly firstAfter: Int32Array;
  /** What is assumed after the event, [arm]. */
  readonly strategy: readonly ImputationStrategy[];
  /** Reference of each arm, [arm]. */
  readonly reference: Int32Array;
  /** Covariates, complete; constant ones [patient], those that change with the visit [patient · visit]. */
  readonly covariates: readonly Covariate[];
  /** Terms of the mean in the variables "arm", "visit" and the covariates. */
  readonly terms: readonly ModelTerm[];
  readonly intercept?: boolean;
  readonly structure: CovarianceStructure;
  readonly covarianceByArm: boolean;
  readonly restricted?: boolean;
}

export const ARM = "arm";
export const VISIT = "visit";

/** Design of the mean of every patient at every visit, in the own and in the reference arm (METHODS.md eq. (D7)). */
export function imputationData(input: ImputationDataInput): ImputationData {
  const n = input.arm.length;
  const m = input.visitNames.length;
  const each = (value: (patient: number, visit: number) => number) =>
    Int32Array.from({ length: n * m }, (_, row) => value(Math.floor(row / m), row % m));
  const arm = (codes: Int32Array): Covariate => ({ kind: "categorical", name: ARM, levels: input.armNames, codes });
  const own = arm(each((patient) => input.arm[patient]!));
  const referenceArm = arm(each((patient) => input.reference[input.arm[patient]!]!));
  const shared: Covariate[] = [
    { kind: "categorical", name: VISIT, levels: input.visitNames, codes: each((_, visit) => visit) },
    ...input.covariates.map((covariate) => byVisit(covariate, n, m)),
  ];
  const design = modelDesign([own, ...shared], input.terms, { intercept: input.intercept ?? true });
  const reference = new Map([referenceArm, ...shared].map((variable) => [variable.name, variable]));
  const p = design.columns.length;
  const ownDesign = new Float64Array(n * m * p);
  const referenceDesign = new Float64Array(n * m * p);
  design.columns.forEach(({ values, factors }, j) => {
    for (let row = 0; row < n * m; row++) {
      ownDesign[row * p + j] = values[row]!;
      let product = 1;
      for (const { variable: name, level } of factors) {
        const variable = reference.get(name)!;
        product *= variable.kind === "numeric" ? variable.values[row]! : Number(variable.codes[row] === level);
      }
      referenceDesign[row * p + j] = product;
    }
  });
  return {
    patientCount: n,
    visitCount: m,
    armCount: input.armNames.length,
    arm: input.arm,
    outcome: input.outcome,
    firstAfter: input.firstAfter,
    strategy: input.strategy,
    reference: input.reference,
    columnCount: p,
    columnNames: design.columns.map(({ name }) => name),
    ownDesign,
    referenceDesign,
    structure: input.structure,
    covarianceByArm: input.covarianceByArm,
    restricted: input.restricted ?? true,
  };
}

/** A covariate with one value a patient repeated over the visits; one with a value a visit as it is. */
function byVisit(covariate: Covariate, n: number, m: number): Covariate {
  const length = covariate.kind === "numeric" ? covariate.values.length : covariate.codes.length;
  if (length !== n) return covariate;
  const rows = Array.from({ length: n * m }, (_, row) => Math.floor(row / m));
  return covariate.kind === "numeric"
    ? { ...covariate, values: Float64Array.from(rows, (patient) => covariate.values[patient]!) }
    : { ...covariate, codes: Int32Array.from(rows, (patient) => covariate.codes[patient]!) };
}
