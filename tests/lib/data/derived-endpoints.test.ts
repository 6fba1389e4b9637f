import { describe, expect, test } from "vitest";
import { evaluateEligibility } from "../../../lib/data/eligibility-rule.ts";
import { parseDerivation } from "../../../lib/data/parse-derivation.ts";
import type { Endpoint } from "../../../lib/trial/endpoint.ts";

const continuous: Endpoint = {
  id: "composite",
  label: "Composite",
  unit: "",
  scale: "identity",
  benefit: "higher-is-better",
  sourceRange: { minimum: null, maximum: null },
};
const binary: Endpoint = {
  ...continuous,
  outcome: {
    type: "binary",
    levels: [
      { source: "0", label: "no" },
      { source: "1", label: "yes" },
    ],
  },
};
const IDS = ["tender", "swollen", "pain", "crp", "disability"];

function value(text: string, values: Record<string, number | null>, endpoint = binary) {
  const parsed = parseDerivation(text, IDS, endpoint);
  if (!parsed.ok) throw new Error(parsed.message);
  return evaluateEligibility(parsed.rule, (name) => values[name] ?? null);
}

const ACR20 = `tender <= 0.8 * tender.baseline and swollen <= 0.8 * swollen.baseline and
  atLeast(2, pain <= 0.8 * pain.baseline, crp <= 0.8 * crp.baseline, disability <= 0.8 * disability.baseline)`;
const baseline = {
  "tender.baseline": 20,
  "swollen.baseline": 10,
  "pain.baseline": 60,
  "crp.baseline": 10,
  "disability.baseline": 2,
};

describe("an ACR20-like response", () => {
  test.each([
    ["all improved", { tender: 10, swollen: 5, pain: 30, crp: 5, disability: 1 }, true],
    ["joints alone", { tender: 10, swollen: 5, pain: 60, crp: 10, disability: 1 }, false],
    ["exactly 20 per cent", { tender: 16, swollen: 8, pain: 48, crp: 8, disability: 2 }, true],
    ["one part missing, the others decide it", { tender: 10, swollen: 5, pain: 30, crp: 5, disability: null }, true],
    ["one part missing that decides it", { tender: 10, swollen: 5, pain: 30, crp: 10, disability: null }, null],
    ["not improved whatever is missing", { tender: 20, swollen: null, pain: null, crp: null, disability: null }, false],
    ["nothing known", { tender: null, swollen: null, pain: null, crp: null, disability: null }, null],
  ])("%s", (_what, values, expected) => {
    expect(value(ACR20, { ...values, ...baseline })).toBe(expected);
  });

  test("is false at baseline, where nothing has improved", () => {
    const now = { tender: 20, swollen: 10, pain: 60, crp: 10, disability: 2 };
    expect(value(ACR20, { ...now, ...baseline })).toBe(false);
  });
});

describe("values", () => {
  test.each([
    ["0.56 * sqrt(tender) + 0.28 * sqrt(swollen)", 0.56 * 3 + 0.28 * 2],
    ["max(tender, swollen, pain) - min(tender, swollen)", 46],
    ["if(tender > 5, abs(swollen - pain), 0)", 46],
    ["log(crp)", null],
    ["sqrt(0 - tender)", null],
    ["tender / (swollen - 4)", null],
    ["if(crp > 0, 1, 1)", 1],
    ["if(crp > 0, 1, 2)", null],
  ])("%s", (text, expected) => {
    const result = value(text, { tender: 9, swollen: 4, pain: 50, crp: null }, continuous);
    if (expected === null) expect(result).toBeNull();
    else expect(result).toBeCloseTo(expected, 12);
  });
});

describe("what is refused", () => {
  test.each([
    ['tender.constructor.constructor("return process")() > 1', /no endpoint named "tender\.constructor\.constructor"/],
    ['constructor("return 1")() > 1', /no endpoint named "constructor"/],
    ["import(tender) > 1", /no endpoint named "import"/],
    ["tender = 1", /==/],
    ["f(x) = x", /single = does not compare/],
    ["tender[1] > 1", /cannot be read at "\[1\]/],
    ["{tender: 1}", /cannot be read at/],
    ["tender; 1", /cannot be read at/],
    ["atLeast(3, tender < 1)", /atLeast needs a whole number/],
    ["atLeast(tender, tender < 1)", /atLeast needs a whole number/],
    ["atLeast(1, tender)", /must be a condition/],
    ["tender + 1", /must be a condition/],
    ["sqrt(tender, 2) > 1", /sqrt takes one value/],
    ["if(tender > 1, 2) > 1", /if takes a condition and two values/],
    ["__proto__ > 1", /no endpoint named "__proto__"/],
    ["", /is empty/],
  ])("%s", (text, sentence) => {
    const parsed = parseDerivation(text, IDS, binary);
    expect(parsed.ok).toBe(false);
    if (!parsed.ok) expect(parsed.message).toMatch(sentence);
  });
});
