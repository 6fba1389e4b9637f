import { describe, expect, it } from "vitest";
import { unknownFields } from "../../bin/field-faults.ts";
import { calculationSpecSchema } from "../../lib/calculation/calculation-spec.ts";

const unknown = (spec: Record<string, unknown>) =>
  unknownFields(calculationSpecSchema, spec, calculationSpecSchema.parse(spec));

const means = { method: "sequential-means", informationFractions: [0.5, 1], effect: 1, standardDeviation: 5 };

describe("a field that a document does not have", () => {
  it("is refused with the fields of the schema there, also those not given, the most similar first", () => {
    const [line, ...others] = unknown({ ...means, oneSidedAlfa: 0.01 });
    expect(others).toEqual([]);
    expect(line).toMatch(
      /^oneSidedAlfa is not a field of this document; did you mean oneSidedAlpha\? The fields here are oneSidedAlpha, /,
    );
    for (const field of ["ratio", "total", "direction", "efficacyLooks", "nullValue"]) expect(line).toContain(field);
    expect(line).not.toContain("experimentalRate");
  });

  it("is judged by the shape that the document chose, at any depth", () => {
    const spending = { family: "hwang-shih-decani", gamma: -2, rho: 1 };
    const [line] = unknown({ ...means, futility: { kind: "beta-spending", spending, bind: true } })
      .sort()
      .reverse();
    expect(line).toBe("futility.spending.rho is not a field of this document; the fields here are gamma, family");
    expect(unknown({ ...means, futility: { kind: "beta-spending", spending, bind: true } })).toHaveLength(2);
  });

  it("in a list is named with its place", () => {
    const [line] = unknown({
      method: "multiplicity",
      procedure: { procedure: "holm" },
      hypotheses: [
        { name: "A", pValue: 0.01 },
        { name: "B", pValue: 0.02, pvalue: 0.03 },
      ],
    });
    expect(line).toMatch(/^hypotheses\[1\]\.pvalue is not a field of this document; did you mean pValue\?/);
  });
});
