import { describe, expect, it } from "vitest";
import type { SequentialBounds } from "../../../lib/design/crossing-probability.ts";
import type { FutilityRule } from "../../../lib/design/futility-bound.ts";
import { boundsOfDesign, designGroupSequential } from "../../../lib/design/group-sequential-design.ts";
import { powerOfDesign } from "../../../lib/design/power-of-design.ts";
import type { SpendingFunction } from "../../../lib/design/spending-function.ts";
import { sharedFile } from "../../support/shared.ts";

interface GsDesignCase {
  readonly id: string;
  readonly input: {
    readonly test_type: number;
    readonly alpha: number;
    readonly beta: number;
    readonly astar: number;
    readonly timing: number[];
    readonly sfu: string;
    readonly sfl: string | null;
    readonly theta: number[];
  };
  readonly expected: {
    readonly upper: number[];
    readonly lower: number[] | null;
    readonly n_I: number[];
    readonly en: number[];
    readonly upper_prob: number[][];
    readonly lower_prob: number[][] | null;
  };
}

const bytes = sharedFile("reference/gs_gsdesign.json");
const cases: GsDesignCase[] = bytes === null ? [] : JSON.parse(new TextDecoder().decode(bytes)).cases;

/** Names of the spending functions in the fixture; a trailing number is the parameter, "m" its minus sign. */
function spendingOf(code: string): SpendingFunction {
  if (code === "LDOF") return { family: "lan-demets-obrien-fleming" };
  if (code === "LDP") return { family: "lan-demets-pocock" };
  if (code === "Exp") return { family: "exponential", nu: 0.75 };
  if (code.startsWith("Pow")) return { family: "kim-demets", rho: Number(code.slice(3)) };
  if (code.startsWith("HSD")) return { family: "hwang-shih-decani", gamma: Number(code.slice(3).replace("m", "-")) };
  throw new Error(`unknown spending function ${code}`);
}

/**
 * Cases whose solver (tolerance 1e-7) stopped early: the reference's own probabilities under H0 add up to 0.02500009
 * instead of 0.025, which moves its probabilities at other effects by 1.1e-6. Bounds and inflation are still compared.
 */
const DISPUTED = ["gsd_3_k_4_LDP_Pow3_eq", "gsd_3_k_4_HSD1_Pow3_eq"];

/** gsDesign's test.type: 3, 4 spend beta, 5, 6 spend astar under H0; odd ones are binding. */
function futilityOf({ test_type, sfl, astar }: GsDesignCase["input"]): FutilityRule {
  if (test_type <= 2) return { kind: "none" };
  const binding = test_type % 2 === 1;
  const spending = spendingOf(sfl!);
  return test_type <= 4
    ? { kind: "beta-spending", spending, binding }
    : { kind: "null-spending", spending, total: astar, binding };
}

const near = (actual: number, expected: number, tolerance: number, what: string) =>
  expect(Math.abs(actual - expected), `${what}: ${actual} against ${expected}`).toBeLessThan(tolerance);

describe.skipIf(bytes === null)("designs agree with gsDesign 3.4.0, test types 1 to 6", () => {
  it.each(cases)("$id", ({ id, input, expected }) => {
    const design = designGroupSequential({
      oneSidedAlpha: input.alpha,
      power: 1 - input.beta,
      informationFractions: input.timing,
      efficacy: spendingOf(input.sfu),
      futility: futilityOf(input),
      sides: input.test_type === 2 ? "symmetric-two-sided" : "one-sided",
    });
    const last = input.timing.length - 1;
    expected.upper.forEach((bound, k) => {
      near(design.looks[k]!.efficacyZ!, bound, 1e-5, `efficacy bound ${k + 1}`);
    });
    if (input.test_type > 2)
      expected.lower!.slice(0, last).forEach((bound, k) => {
        near(design.looks[k]!.futilityZ!, bound, 1e-5, `futility bound ${k + 1}`);
      });
    const maximum = expected.n_I[last]!;
    near(design.inflationFactor, maximum, 1e-5 * maximum, "inflation");
    // At the reference's own bounds and information: the crossing probabilities alone, free of its solver's tolerance.
    const own = {
      informationFractions: input.timing,
      upper: expected.upper,
      lower: expected.lower ?? expected.upper.map(() => -Infinity),
    };
    expectProbabilities(own, input, expected, 1e-6);
    if (!DISPUTED.includes(id)) expectProbabilities(boundsOfDesign(design), input, expected, 1e-6);
  });
});

function expectProbabilities(
  bounds: SequentialBounds,
  input: GsDesignCase["input"],
  expected: GsDesignCase["expected"],
  tolerance: number,
): void {
  const last = input.timing.length - 1;
  const maximum = expected.n_I[last]!;
  input.theta.forEach((theta, i) => {
    const truth = powerOfDesign(bounds, theta * Math.sqrt(maximum));
    near(truth.expectedInformationFraction * maximum, expected.en[i]!, 1e-5 * maximum, "expected information");
    truth.efficacy.forEach((p, k) => {
      near(p, expected.upper_prob[k]![i]!, tolerance, `efficacy ${k + 1}, theta ${theta}`);
    });
    truth.futility.slice(0, last).forEach((p, k) => {
      const reference = expected.lower_prob?.[k]?.[i];
      if (reference !== undefined) near(p, reference, tolerance, `futility ${k + 1}, theta ${theta}`);
    });
  });
}
