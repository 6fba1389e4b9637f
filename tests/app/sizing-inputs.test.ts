import { describe, expect, it } from "vitest";
import { sizingFields, withTyped } from "../../app/studies/[studyId]/sizing/sizing-inputs.ts";
import type { SizingSpec } from "../../lib/sizing/sizing-document.ts";

const derived = (value: number) => ({ value, source: "derived" as const, note: "from the model" });

const defaults: SizingSpec = {
  format: "understudy-sizing/1",
  endpointId: "score",
  visitId: "week24",
  effect: derived(-2),
  margin: derived(0),
  standardDeviation: derived(6),
  oneSidedAlpha: derived(0.025),
  power: derived(0.9),
  randomizationRatio: derived(1),
  rSquaredAncova: derived(0.3),
  rSquaredWithScore: derived(0.4),
  rSquaredWithScoreLimits: { lower: 0.3, upper: 0.5 },
  correlationDeflation: derived(1),
  controlSdInflation: derived(1),
  dropout: derived(0.1),
  covariatesInAncova: derived(2),
};

describe("inputs of the sizing in the address", () => {
  it("leaves the proposed values alone when nothing was typed", () => {
    expect(withTyped(defaults, new URLSearchParams())).toEqual(defaults);
  });

  it("marks a typed value as the user's", () => {
    const spec = withTyped(defaults, new URLSearchParams("power=0.8"));
    expect(spec.power).toMatchObject({ value: 0.8, source: "user" });
    expect(spec.rSquaredWithScoreLimits).toEqual(defaults.rSquaredWithScoreLimits);
  });

  it("drops the model's interval when its R² is replaced by hand", () => {
    expect(withTyped(defaults, new URLSearchParams("rSquaredWithScore=0.6")).rSquaredWithScoreLimits).toBeNull();
  });

  it("ignores what is not a number", () => {
    for (const field of sizingFields) {
      expect(withTyped(defaults, new URLSearchParams({ [field]: "NaN" }))).toEqual(defaults);
      expect(withTyped(defaults, new URLSearchParams({ [field]: "1e999" }))).toEqual(defaults);
      expect(withTyped(defaults, new URLSearchParams({ [field]: "" }))).toEqual(defaults);
    }
  });
});
