import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError } from "../../errors/domain-error.ts";
import { qrDecompose } from "../../numerics/qr.ts";
import type { ModelDesign } from "../model-design.ts";
import { type FirthFit, fitFirthLogistic } from "./firth-logistic.ts";
import { fitGlm, type GlmFit } from "./fit-glm.ts";
import { devianceOf, type GlmFamily, logLikelihoodOf } from "./glm-family.ts";
import { designMatrix } from "./model-matrix.ts";

/** A regression of a yes-or-no outcome. */
export interface BinaryModelFit {
  readonly fit: GlmFit;
  /** Present when Firth's penalised likelihood was used. */
  readonly firth: FirthFit | null;
  readonly notes: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Fits a working model by maximum likelihood, or by Firth's penalised likelihood when that was chosen for all data or for
 * separated data only (METHODS.md eq. (G3), (G4) and (G12)).
 *
 * @throws DomainError UNSUPPORTED_COMBINATION for Firth's likelihood with another link than the logit; else as `fitGlm`.
 */
export function fitBinaryModel(
  model: ModelDesign,
  response: Float64Array,
  link: "logit" | "probit" | "complementary-log-log",
  estimation: "maximum-likelihood" | "firth-if-separated" | "firth",
): BinaryModelFit {
  const family: GlmFamily = { distribution: "binomial", link };
  const design = designMatrix(model);
  const columnNames = model.columns.map(({ name }) => name);
  if (estimation !== "maximum-likelihood" && link !== "logit")
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "estimation",
      received: estimation,
      requirement: "must be maximum likelihood with this link",
      hint: "Choose the logit link.",
    });
  if (estimation !== "firth") {
    try {
      const fit = fitGlm({ design, columnNames, response }, family);
      return {
        fit,
        firth: null,
        notes: [`Maximum likelihood: settled after ${fit.iterations} iterations.`],
        diagnostics: fit.diagnostics,
      };
    } catch (error) {
      const separated = error instanceof DomainError && error.code === "NOT_ESTIMABLE";
      if (estimation === "maximum-likelihood" || !separated) throw error;
      return firthFit(model, response, family, design, [
        diagnostic(
          "warning",
          "separation",
          `The maximum-likelihood estimate does not exist (${error.detail.received} separate the outcomes): Firth's penalised likelihood was used, as specified.`,
          "estimation",
        ),
      ]);
    }
  }
  return firthFit(model, response, family, design, []);
}

function firthFit(
  model: ModelDesign,
  response: Float64Array,
  family: GlmFamily,
  design: Float64Array,
  before: readonly Diagnostic[],
): BinaryModelFit {
  const rows = response.length;
  const columns = model.columns.length;
  const { independentColumns, dependentColumns, rank } = qrDecompose(design, rows, columns);
  const reduced = new Float64Array(rows * rank);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < rank; j++) reduced[i * rank + j] = design[i * columns + independentColumns[j]!]!;
  const firth = fitFirthLogistic(reduced, rank, response);
  const { fitted, coefficients, covariance } = firth;
  const names = model.columns.map(({ name }) => name);
  const linearPredictor = fitted.map((p) => Math.log(p / (1 - p)));
  let deviance = 0;
  let logLikelihood = 0;
  response.forEach((y, i) => {
    deviance += devianceOf(family, y, fitted[i]!, 1);
    logLikelihood += logLikelihoodOf(family, y, fitted[i]!, 1);
  });
  const dropped = dependentColumns.map((j) => names[j]!);
  const diagnostics = [
    ...before,
    ...(dropped.length === 0
      ? []
      : [
          diagnostic(
            "warning",
            "column-dropped",
            `Left out because they depend on columns before them: ${dropped.join(", ")}.`,
          ),
        ]),
  ];
  return {
    fit: {
      family,
      rows,
      rank,
      columnNames: independentColumns.map((j) => names[j]!),
      independentColumns,
      dependentColumns,
      design: reduced,
      response,
      offset: new Float64Array(rows),
      weights: new Float64Array(rows).fill(1),
      coefficients,
      covariance,
      linearPredictor,
      fitted,
      leverages: leveragesOf(reduced, rank, covariance, fitted),
      deviance,
      logLikelihood,
      iterations: firth.iterations,
      diagnostics,
    },
    firth,
    notes: [`Firth's penalised likelihood: settled after ${firth.iterations} steps.`],
    diagnostics,
  };
}

function leveragesOf(design: Float64Array, rank: number, covariance: Float64Array, fitted: Float64Array): Float64Array {
  return fitted.map((p, i) => {
    let sum = 0;
    for (let j = 0; j < rank; j++)
      for (let k = 0; k < rank; k++) sum += design[i * rank + j]! * covariance[j * rank + k]! * design[i * rank + k]!;
    return p * (1 - p) * sum;
  });
}
