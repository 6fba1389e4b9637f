import { describe, expect, test } from "vitest";
import { claims } from "../../scripts/evidence/document/data-set-section.ts";
import { markdownTable, withLimits } from "../../scripts/evidence/document/interval-text.ts";
import { lossesOf } from "../../scripts/evidence/document/losses.ts";
import { rounded } from "../../scripts/evidence/evidence-parts.ts";
import type { DataSetResults, MethodResults } from "../../scripts/evidence/evidence-results.ts";

function interval(value: number, lower: number, upper: number) {
  return { value, lower, upper, level: 0.95 };
}

function method(
  id: string,
  group: MethodResults["group"],
  gain: ReturnType<typeof interval>,
  change: { claimed?: boolean; coverage?: ReturnType<typeof interval>; area?: number } = {},
): MethodResults {
  const { claimed = false, coverage = interval(0.94, 0.9, 0.97), area = 0.5 } = change;
  return {
    id,
    name: `method ${id}`,
    group,
    visits: [
      {
        endpointId: "y",
        visitId: "end",
        patients: 100,
        gain,
        rmse: 1 - gain.value,
        law: {
          partialCorrelation: interval(0.1, -0.1, 0.3),
          coverage: [{ level: 0.95, coverage }],
          crps: interval(1, 0.9, 1.1),
          crpsGain: interval(0, -0.1, 0.1),
          gainClaimed: claimed,
        },
      },
    ],
    endpoints: [
      { endpointId: "y", pairs: 100, area: interval(area, area - 0.05, area + 0.05), nullUpper: 0.55, pValue: 0.5 },
    ],
  };
}

function resultsOf(methods: MethodResults[]): DataSetResults {
  return {
    format: "understudy-evidence/1",
    id: "set",
    title: "A set",
    description: "",
    patients: 100,
    features: 3,
    folds: 5,
    endpoints: [{ id: "y", label: "pain", unit: "points" }],
    visits: [{ id: "end", label: "End" }],
    primary: { endpointId: "y", visitId: "end" },
    methods,
    leftOut: [],
    leaveOneStudyOut: [],
    runIn: [],
    software: { notes: [], missing: [] },
  };
}

describe("what the report says", () => {
  test("where nothing is claimed it says that no model beats ANCOVA", () => {
    const results = resultsOf([
      method("a", "member", interval(0.1, -0.01, 0.2)),
      method("stack", "stack", interval(0.05, 0.01, 0.1)),
    ]);
    expect(claims(results, "y", "end")).toMatch(/no model beats ANCOVA/);
    expect(claims(results, "y", "elsewhere")).toBeNull();
  });

  test("a claim names who made it, and that the stack did not", () => {
    const results = resultsOf([
      method("a", "member", interval(0.1, 0.01, 0.2), { claimed: true }),
      method("stack", "stack", interval(0.05, -0.01, 0.1)),
    ]);
    expect(claims(results, "y", "end")).toBe(
      "pain, End: a gain is claimed for method a 10.0 (1.0 to 20.0) %; not for the stack.",
    );
  });

  test("every loss is listed: larger error, missed band, courses told apart, better software; nothing else is", () => {
    const none = resultsOf([
      method("ancova", "null", interval(-0.4, -0.5, -0.3)),
      method("stack", "stack", interval(0.1, 0, 0.2)),
      method("other", "software", interval(0.05, -0.1, 0.1), { area: 0.9 }),
    ]);
    expect(lossesOf(none)).toEqual([]);
    const all = resultsOf([
      method("a", "member", interval(-0.1, -0.2, -0.05)),
      method("b", "member", interval(0.1, -0.2, 0.3), { coverage: interval(0.85, 0.8, 0.9) }),
      method("c", "member", interval(0.1, -0.2, 0.3), { area: 0.6 }),
      method("stack", "stack", interval(0.1, 0, 0.2)),
      method("other", "software", interval(0.2, -0.1, 0.1)),
    ]);
    const losses = lossesOf(all);
    expect(losses).toHaveLength(4);
    expect(losses[0]).toMatch(/^method a, pain, End: demonstrably larger error than ANCOVA, gain −10.0/);
    expect(losses[1]).toMatch(/^method b, pain, End: the 95 % band covers 85.0/);
    expect(losses[2]).toMatch(/^method c, pain: drawn trajectories are told from observed ones/);
    expect(losses[3]).toMatch(/^method other has a smaller error than the stack, pain, End/);
    const elsewhere = { methodId: "stack", study: "S1", endpointId: "y", visitId: "end", patients: 50 };
    const rows = [
      { ...elsewhere, gain: interval(-0.1, -0.2, -0.05), meanError: interval(0, -1, 1) },
      { ...elsewhere, study: "S2", gain: interval(0.1, 0, 0.2), meanError: interval(0, -1, 1) },
    ];
    expect(lossesOf({ ...none, leaveOneStudyOut: rows })).toEqual([
      "method stack, pain, End, S1 left out of training: demonstrably larger error than ANCOVA, gain −10.0 (−20.0 to −5.0) %.",
    ]);
  });

  test("text of tables and limits", () => {
    expect(withLimits(interval(0.123, -0.05, 0.3), 1, 100)).toBe("12.3 (−5.0 to 30.0)");
    expect(markdownTable(["a", "b"], [["x|y", "1"]])).toEqual(["| a | b |", "| --- | ---: |", "| x\\|y | 1 |"]);
  });

  test("kept figures have six digits, and counts stay whole", () => {
    expect(rounded({ a: [0.123456789, 1234567], b: "x", c: null })).toEqual({
      a: [0.123457, 1234570],
      b: "x",
      c: null,
    });
    expect(rounded({ patients: 20000 })).toEqual({ patients: 20000 });
  });
});
