import { describe, expect, it } from "vitest";
import { analysisUnit, type Endpoint } from "../../../lib/trial/endpoint.ts";
import { analysisSpecSchema } from "../../../lib/trial-analysis/analysis-spec.ts";
import { codedEndpointDiagnostics } from "../../../lib/trial-analysis/coded-endpoint.ts";

const measured: Endpoint = {
  id: "crp",
  label: "log CRP",
  unit: "mg/L",
  scale: "log",
  benefit: "lower-is-better",
  sourceRange: { minimum: null, maximum: null },
};
const remission: Endpoint = {
  ...measured,
  id: "remission",
  label: "Remission",
  unit: "",
  scale: "identity",
  outcome: {
    type: "binary",
    levels: [
      { source: "N", label: "no" },
      { source: "Y", label: "yes" },
    ],
  },
};
const endpoints = [measured, remission];

describe("an analysis of means", () => {
  it("of a binary endpoint says that it compares proportions, and what would suit it", () => {
    const spec = analysisSpecSchema.parse({ method: "mmrm", endpoint: "remission" });
    const [found] = codedEndpointDiagnostics(spec, endpoints);
    expect(found).toMatchObject({ severity: "warning", code: "coded-endpoint" });
    expect(found!.message).toContain("0 (no) or 1 (yes)");
    expect(found!.message).toContain("logistic regression");
  });

  it("of a measured endpoint has nothing to say", () => {
    expect(codedEndpointDiagnostics(analysisSpecSchema.parse({ method: "mmrm", endpoint: "crp" }), endpoints)).toEqual(
      [],
    );
  });
});

describe("the unit of the analysis scale", () => {
  it("names the logarithm once", () => {
    expect(analysisUnit(measured)).toBe("log mg/L");
    expect(analysisUnit({ scale: "log", unit: "log mg/L" })).toBe("log mg/L");
    expect(analysisUnit({ scale: "log", unit: "" })).toBe("log");
    expect(analysisUnit({ scale: "identity", unit: "points" })).toBe("points");
  });
});
