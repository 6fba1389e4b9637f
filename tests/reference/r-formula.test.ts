import { describe, expect, it } from "vitest";
import { parseFormula } from "./runner/r-formula.ts";

/** attr(terms(formula), "term.labels") and "intercept" of R 4; variables of a term in order of first appearance. */
const R_TERMS: readonly (readonly [formula: string, labels: string, intercept: boolean])[] = [
  ["y ~ trt*(AGE+male)", "trt AGE male trt:AGE trt:male", true],
  ["y ~ (a+b)*(c+d)", "a b c d a:c a:d b:c b:d", true],
  ["y ~ (a+b):(c+d)", "a:c a:d b:c b:d", true],
  ["y ~ (a+b+c)^2", "a b c a:b a:c b:c", true],
  ["y ~ a*b*c", "a b c a:b a:c b:c a:b:c", true],
  ["y ~ (a+b)*c-a:c", "a b c b:c", true],
  ["y ~ b:a+a", "a b:a", true],
  ["y ~ c+(a+b):c+0", "c c:a c:b", false],
  ["y ~ a*(b+c:d)", "a b c:d a:b a:c:d", true],
  ["y ~ (a+b)*(b+c)", "a b c a:b a:c b:c", true],
  ["y ~ a/(b+c)", "a a:b a:c", true],
  ["y ~ (a+b)/c", "a b a:b:c", true],
  ["y ~ a/b/c", "a a:b a:b:c", true],
  ["y ~ a:(b+c)*d", "d a:b a:c a:b:d a:c:d", true],
  ["y ~ a*b:c", "a b:c a:b:c", true],
  ["y ~ a+b-1", "a b", false],
  ["y ~ -1+a:b", "a:b", false],
  ["y ~ 0+(a+b)*t", "a b t a:t b:t", false],
  ["y ~ a+(b-1)", "a b", false],
  ["y ~ (a*b)^2-a", "b a:b", true],
  ["y ~ week + I(week^2) + week:arm", "week I(week^2) week:arm", true],
];

describe("R formulas", () => {
  it.each(R_TERMS)("%s has the terms of R in R's order", (formula, labels, intercept) => {
    const parsed = parseFormula(formula);
    expect(parsed.terms.map((term) => term.join(":")).join(" ")).toBe(labels);
    expect(parsed.intercept).toBe(intercept);
    expect(parsed.response).toBe("y");
  });

  it("refuses what it does not understand", () => {
    for (const formula of ["y ~ a %in% b", "y ~ (a + b", "y ~ a + ", "y ~ a)"])
      expect(() => parseFormula(formula)).toThrow("not understood");
  });
});
