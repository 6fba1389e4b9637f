import { sasNumber } from "../program-code/sas-literal.ts";
import { type EfficacyBoundary, isScaledShape } from "./efficacy-bound.ts";
import type { GroupSequentialSpec } from "./group-sequential-design.ts";
import { cumulativeSpend, type ErrorSpending } from "./spending-function.ts";

/**
 * SAS PROC SEQDESIGN statements of a design.
 *
 * @returns Program, or null with the reason when the procedure has no such design.
 */
export function sasDesign(spec: GroupSequentialSpec): { readonly sas: string | null; readonly note: string } {
  const refusal = whyNot(spec);
  if (refusal !== null) return { sas: null, note: refusal };
  const twoSided = spec.sides === "symmetric-two-sided";
  const { futility, informationFractions } = spec;
  const beta = 1 - spec.power;
  const list = (values: readonly number[]) => values.map(sasNumber).join(" ");
  const options = [
    `nstages=${informationFractions.length}`,
    `info=cum(${list(informationFractions)})`,
    `alt=${twoSided ? "twosided" : "upper"}`,
    `alpha=${sasNumber(twoSided ? 2 * spec.oneSidedAlpha : spec.oneSidedAlpha)}`,
    `beta=${sasNumber(beta)}`,
    futility.kind === "none"
      ? "stop=reject"
      : `stop=both(betaboundary=${futility.binding ? "binding" : "nonbinding"}) boundarykey=both`,
    `method(alpha)=${methodOf(spec.efficacy, informationFractions, spec.oneSidedAlpha)}`,
    ...(twoSided && futility.kind === "beta-spending"
      ? [`betaoverlap=${futility.overlap === "carry" ? "noadjust" : "adjust"}`]
      : []),
    ...(futility.kind === "beta-spending"
      ? [`method(beta)=${methodOf(futility.spending, informationFractions, beta)}`]
      : []),
  ];
  return {
    sas: `proc seqdesign altref=1 boundaryscale=stdz errspend pss stopprob;\n  design ${options.join("\n         ")};\nrun;\n`,
    note: "SAS prints the same bounds; sizes are relative to the fixed-sample information.",
  };
}

function whyNot({ efficacy, futility, efficacyLooks, powerCounts }: GroupSequentialSpec): string | null {
  if (powerCounts === "either-direction") return "PROC SEQDESIGN counts rejections in the direction of benefit.";
  if (efficacyLooks?.includes(false) || efficacy.family === "final-only")
    return "PROC SEQDESIGN tests for efficacy at every analysis.";
  switch (futility.kind) {
    case "none":
      return null;
    case "beta-spending":
      if (futility.looks?.includes(false)) return "PROC SEQDESIGN stops for futility at every analysis.";
      return isShape(efficacy) ? "PROC SEQDESIGN does not combine a boundary shape with beta spending." : null;
    default:
      return "PROC SEQDESIGN has no futility bounds that are given or spent under no effect.";
  }
}

const isShape = (boundary: EfficacyBoundary) => isScaledShape(boundary) || boundary.family === "haybittle-peto";

function methodOf(boundary: EfficacyBoundary, informationFractions: readonly number[], total: number): string {
  switch (boundary.family) {
    case "obrien-fleming":
      return "obf";
    case "pocock":
      return "poc";
    case "wang-tsiatis":
      return `pow(rho=${sasNumber(0.5 - boundary.shape)})`;
    case "haybittle-peto":
      return `hp(z=${informationFractions.map((_, k) => (k < informationFractions.length - 1 ? sasNumber(boundary.interimBound) : ".")).join(" ")})`;
    case "lan-demets-obrien-fleming":
      return "errfuncobf";
    case "lan-demets-pocock":
      return "errfuncpoc";
    case "hwang-shih-decani":
      return `errfuncgamma(gamma=${sasNumber(boundary.gamma)})`;
    case "kim-demets":
      return `errfuncpow(rho=${sasNumber(boundary.rho)})`;
    case "final-only":
      return "obf";
    case "exponential":
    case "user-defined":
      return spendList(boundary, informationFractions, total);
  }
}

/** Spending by values: ERRSPEND takes the cumulative shares. */
function spendList(spending: ErrorSpending, informationFractions: readonly number[], total: number): string {
  return `errspend(${cumulativeSpend(spending, total, informationFractions).map(sasNumber).join(" ")})`;
}
