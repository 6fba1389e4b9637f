import { rNumber, rNumbers } from "../program-code/r-literal.ts";
import { type EfficacyBoundary, isScaledShape } from "./efficacy-bound.ts";
import type { GroupSequentialSpec } from "./group-sequential-design.ts";
import type { ErrorSpending } from "./spending-function.ts";

/** Comment lines with the calls of rpact and gsDesign that give the same design; none where they have no such design. */
export function peerCalls(spec: GroupSequentialSpec): string[] {
  const lines = [rpactCall(spec), gsDesignCall(spec)].filter((line) => line !== null);
  return lines.length === 0 ? [] : ["# The same design in other packages:", ...lines.map((line) => `# ${line}`)];
}

function rpactCall(spec: GroupSequentialSpec): string | null {
  const { futility, informationFractions } = spec;
  const type = rpactType(spec.efficacy, "as");
  if (type === null || spec.efficacyLooks?.includes(false)) return null;
  const twoSided = spec.sides === "symmetric-two-sided";
  const parts = [
    `kMax = ${informationFractions.length}`,
    `alpha = ${rNumber(twoSided ? 2 * spec.oneSidedAlpha : spec.oneSidedAlpha)}`,
    `beta = ${rNumber(1 - spec.power)}`,
    `sided = ${twoSided ? 2 : 1}`,
    `informationRates = ${rNumbers(informationFractions)}`,
    futility.kind === "pampallona-tsiatis" ? pampallonaTsiatis(spec.efficacy, futility.shape) : type,
    ...(spec.powerCounts === "either-direction" ? ["twoSidedPower = TRUE"] : []),
  ];
  if (parts.includes(null)) return null;
  switch (futility.kind) {
    case "none":
      break;
    case "pampallona-tsiatis":
      parts.push(binding(futility.binding));
      break;
    case "z-scale":
      if (twoSided) return null;
      parts.push(
        `futilityBounds = ${rNumbers(futility.values.map((value) => value ?? -6))}`,
        binding(futility.binding),
      );
      break;
    case "beta-spending": {
      const beta = rpactType(futility.spending, "bs");
      if (beta === null || futility.looks?.includes(false)) return null;
      parts.push(beta, binding(futility.binding));
      if (twoSided) parts.push(`betaAdjustment = ${futility.overlap === "carry" ? "FALSE" : "TRUE"}`);
      break;
    }
    default:
      return null;
  }
  return `rpact::getDesignCharacteristics(rpact::getDesignGroupSequential(${parts.join(", ")}))`;
}

/** rpact's name of the design for the shape of its efficacy bounds; null where it has none. */
function pampallonaTsiatis(boundary: EfficacyBoundary, lowerShape: number): string | null {
  const upper = { "obrien-fleming": 0, pocock: 0.5, "wang-tsiatis": "shape" in boundary ? boundary.shape : 0 };
  if (!isScaledShape(boundary)) return null;
  const shape = upper[boundary.family as keyof typeof upper];
  return `typeOfDesign = "PT", deltaPT1 = ${rNumber(shape)}, deltaPT0 = ${rNumber(lowerShape)}`;
}

const binding = (value: boolean) => `bindingFutility = ${value ? "TRUE" : "FALSE"}`;

function rpactType(boundary: EfficacyBoundary, prefix: "as" | "bs"): string | null {
  const name = prefix === "as" ? "typeOfDesign" : "typeBetaSpending";
  const parameter = prefix === "as" ? "gammaA" : "gammaB";
  switch (boundary.family) {
    case "obrien-fleming":
      return `${name} = "OF"`;
    case "pocock":
      return `${name} = "P"`;
    case "wang-tsiatis":
      return `${name} = "WT", deltaWT = ${rNumber(boundary.shape)}`;
    case "haybittle-peto":
      return `${name} = "HP", constantBoundsHP = ${rNumber(boundary.interimBound)}`;
    case "final-only":
      return `${name} = "noEarlyEfficacy"`;
    case "lan-demets-obrien-fleming":
      return `${name} = "${prefix}OF"`;
    case "lan-demets-pocock":
      return `${name} = "${prefix}P"`;
    case "hwang-shih-decani":
      return `${name} = "${prefix}HSD", ${parameter} = ${rNumber(boundary.gamma)}`;
    case "kim-demets":
      return `${name} = "${prefix}KD", ${parameter} = ${rNumber(boundary.rho)}`;
    default:
      return null;
  }
}

function gsDesignCall(spec: GroupSequentialSpec): string | null {
  const { futility, informationFractions } = spec;
  const upper = gsDesignSpending(spec.efficacy, "u");
  if (upper === null || spec.efficacyLooks?.includes(false) || spec.powerCounts === "either-direction") return null;
  const twoSided = spec.sides === "symmetric-two-sided";
  if (twoSided && futility.kind !== "none") return null;
  let type = twoSided ? 2 : 1;
  const extra: string[] = [];
  if (futility.kind === "beta-spending" || futility.kind === "null-spending") {
    const lower = gsDesignSpending(futility.spending, "l");
    if (lower === null || futility.looks?.includes(false)) return null;
    type = (futility.kind === "beta-spending" ? 3 : 5) + (futility.binding ? 0 : 1);
    extra.push(lower);
    if (futility.kind === "null-spending") extra.push(`astar = ${rNumber(futility.total)}`);
  } else if (futility.kind !== "none") return null;
  return `gsDesign::gsDesign(k = ${informationFractions.length}, test.type = ${type}, alpha = ${rNumber(spec.oneSidedAlpha)}, beta = ${rNumber(1 - spec.power)}, timing = ${rNumbers(informationFractions)}, ${[upper, ...extra].join(", ")})`;
}

function gsDesignSpending(boundary: EfficacyBoundary, side: "u" | "l"): string | null {
  const call = (name: string, parameter?: number) =>
    `sf${side} = gsDesign::${name}${parameter === undefined ? "" : `, sf${side}par = ${rNumber(parameter)}`}`;
  switch (boundary.family as ErrorSpending["family"]) {
    case "lan-demets-obrien-fleming":
      return call("sfLDOF");
    case "lan-demets-pocock":
      return call("sfLDPocock");
    case "hwang-shih-decani":
      return call("sfHSD", "gamma" in boundary ? boundary.gamma : 0);
    case "kim-demets":
      return call("sfPower", "rho" in boundary ? boundary.rho : 1);
    case "exponential":
      return call("sfExponential", "nu" in boundary ? boundary.nu : 1);
    default:
      return null;
  }
}
