import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluateEligibility } from "../../../lib/data/eligibility-rule.ts";
import { parseEligibility } from "../../../lib/data/parse-eligibility.ts";

const patient: Record<string, number | string | null> = {
  mmse: 20,
  sex: "F",
  "alk.phos": null,
  SITEID: "701",
  end: 3,
  "Visit Name": "Week 8",
  date: "2014-01-02",
};
const columns = Object.keys(patient);

function decide(text: string): unknown {
  const parsed = parseEligibility(text, columns);
  return parsed.ok ? evaluateEligibility(parsed.rule, (name) => patient[name] ?? null) : parsed.message;
}

describe("expressions and what they mean for one patient", () => {
  test.each<[string, boolean | null]>([
    ["16 <= mmse <= 26", true],
    ["16 <= mmse < 20", false],
    ["MMSE between 16 and 26 and sex == 'F'", true],
    ["mmse not between 16 and 26", false],
    ['sex in ("M", "F")', true],
    ['sex not in ("M", "X")', true],
    ["alk.phos > 1000", null],
    ["alk.phos > 1000 or mmse > 10", true],
    ["alk.phos > 1000 and mmse < 10", false],
    ["not (alk.phos > 1000)", null],
    ["alk.phos is missing", true],
    ["sex is not missing", true],
    ["SITEID < 710", true],
    ['SITEID == "701"', true],
    ["sex != 3", true],
    ["sex > 3", null],
    ["end == 3", true],
    ['`Visit Name` == "Week 8"', true],
    ['date < "2014-02-01"', true],
    ["-mmse + 2 * 15 == 40 / 4", true],
    ["mmse / (mmse - 20) > 1", null],
    ["mmse <> 20", false],
  ])("%s", (text, expected) => expect(decide(text)).toBe(expected));
});

describe("what an expression is refused for", () => {
  test.each<[string, RegExp]>([
    ["", /^The eligibility expression is empty\.$/],
    ["mmse = 20", /^A single = does not compare\. Write == for "equal to"\.$/],
    ["agee > 50", /^The data have no column named "agee"\. Columns are: mmse, sex,/],
    ["not mmse > 3", /^After "not" a condition in parentheses must follow/],
    ["mmse", /must be a condition that is true or false/],
    ["(mmse > 3", /incomplete or its parentheses do not match/],
    ["mmse between 16", /needs two values joined by "and"/],
    ["mmse is 3", /"is" is only known in/],
    ["(mmse > 3) == (mmse > 2)", /needs values on both sides/],
    [`mmse > ${"1".repeat(2000)}`, /has 2007 characters; at most 2000 are allowed/],
  ])("%s", (text, sentence) => expect(decide(text)).toMatch(sentence));

  /** Attempts to reach JavaScript, or functions of the parser. */
  const hostile = [
    'constructor.constructor("return process")()',
    'mmse.constructor("return 1")()',
    "mmse.__proto__.polluted = 1",
    '__proto__ == "x"',
    "import({}, {})",
    'parse("1+1")',
    'evaluate("1+1") == 2',
    'createUnit("x")',
    "f(x) = x; f(3)",
    "mmse = 3; mmse",
    "mmse[1]",
    "[1,2,3].constructor",
    '{"a": mmse}.a',
    "mmse ^ 99999 > 1",
    "1:100000000",
    "mmse! > 3",
    "5 cm > 2 inch",
    "mmse' > 3",
    'mmse == "a" ? 1 : 2',
    "mmse | 3",
    '"\\u0063onstructor"',
    "mmse == `1`",
    "toString()",
    "mmse == 3 // comment\nand 1",
    "cos(mmse) > 0",
    "c0 > 1",
  ];
  test.each(hostile)("%s", (text) => expect(typeof decide(text)).toBe("string"));

  test("no text whatever does anything but give true, false, unknown or a refusal", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "mmse",
            "sex",
            "and",
            "or",
            "not",
            "(",
            ")",
            "<",
            "==",
            "in",
            "between",
            "is",
            "missing",
            "3",
            '"F"',
            ",",
            "-",
            "constructor",
            ".",
            "[",
            "=",
            "`",
            "'",
          ),
          { maxLength: 12 },
        ),
        (tokens) => {
          expect([true, false, null, "refused"]).toContain(
            ((result) => (typeof result === "string" ? "refused" : result))(decide(tokens.join(" "))),
          );
        },
      ),
      { seed: 20261122, numRuns: 3000 },
    );
  });
});

test("and, or and not follow Kleene's three-valued logic", () => {
  const truth = fc.constantFrom<[string, boolean | null]>(
    ["mmse == 20", true],
    ["mmse == 1", false],
    ["alk.phos == 1", null],
  );
  fc.assert(
    fc.property(truth, truth, ([left, a], [right, b]) => {
      const and = a === false || b === false ? false : a === null || b === null ? null : true;
      const or = a === true || b === true ? true : a === null || b === null ? null : false;
      expect(decide(`${left} and ${right}`)).toBe(and);
      expect(decide(`${left} or ${right}`)).toBe(or);
      expect(decide(`not (${left})`)).toBe(a === null ? null : !a);
    }),
  );
});
