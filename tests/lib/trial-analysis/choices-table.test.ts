import { describe, expect, it } from "vitest";
import { analysisSpecSchema } from "../../../lib/trial-analysis/analysis-spec.ts";
import { choicesTable } from "../../../lib/trial-analysis/choices-table.ts";

describe("choices of a planned analysis", () => {
  it("lists every field with its value, defaults and nested ones included", () => {
    const spec = analysisSpecSchema.parse({
      method: "two-proportions",
      outcome: { kind: "event", events: ["death", "relapse"], byDay: 30 },
      nullValue: -0.1,
    });
    expect(choicesTable(spec).rows).toEqual([
      ["Outcome, kind", "event"],
      ["Outcome, events", "death, relapse"],
      ["Outcome, by day", "30"],
      ["Outcome, direction", "unfavourable"],
      ["Outcome, missing", "complete-cases"],
      ["Measure", "risk-difference"],
      ["Test", "miettinen-nurminen"],
      ["Interval", "miettinen-nurminen"],
      ["Null value", "-0.1"],
      ["Confidence", "0.95"],
    ]);
  });
});
