import { describe, expect, it } from "vitest";
import { type SpecField, type SpecNode, specNodeOf } from "../../app/_components/spec-form/spec-node.ts";
import { optionsFor, type SpecVocabulary } from "../../app/_components/spec-form/spec-vocabulary.ts";
import { analysisSpecSchema } from "../../lib/trial-analysis/analysis-spec.ts";

const one = (value: string) => [{ value, label: value }];
const vocabulary: SpecVocabulary = {
  endpoints: one("endpoint"),
  visits: one("visit"),
  covariates: one("covariate"),
  arms: one("arm"),
  eventKinds: one("event"),
  primary: { endpoint: "endpoint", visit: "visit" },
};

/** Every control that the form draws, by path; `[kind]` marks the shape of a variant. */
function controls(node: SpecNode, path: string, key: string): [string, string][] {
  const below = (fields: readonly SpecField[], at: string) =>
    fields.flatMap((field) => controls(field.node, at === "" ? field.key : `${at}.${field.key}`, field.key));
  switch (node.kind) {
    case "optional":
      return controls(node.inner, path, key);
    case "record":
      return node.fields.length === 0 ? [[path, "nothing to fill in"]] : below(node.fields, path);
    case "variant":
      return node.shapes.flatMap((shape) => below(shape.fields, `${path}[${shape.value}]`));
    case "list":
      return controls(node.item, path, key);
    case "text":
    case "texts":
      return [[path, optionsFor(key === "name" ? path : key, vocabulary)?.[0]?.value ?? "free text"]];
    default:
      return [[path, node.kind]];
  }
}

describe("the form of every planned analysis", () => {
  const drawn = new Map(controls(specNodeOf(analysisSpecSchema), "", ""));

  it("asks for no name that it could offer", () => {
    expect([...drawn].filter(([, control]) => control === "free text" || control === "nothing to fill in")).toEqual([]);
  });

  it("offers covariates, visits, arms and numbers where they belong", () => {
    expect(drawn.get("[mmrm].covariatesByVisit")).toBe("covariate");
    expect(drawn.get("[mmrm].averageOver")).toBe("visit");
    expect(drawn.get("[mmrm].weights")).toBe("covariate");
    expect(drawn.get("[multiple-imputation].armStrategies")).toBe("by-name");
    expect(drawn.get("[multiple-imputation].reference")).toBe("arm");
    expect(drawn.get("[count-regression].outcome.exposure[covariate].name")).toBe("covariate");
    for (const method of ["two-proportions", "binary-regression", "count-regression", "ancova"])
      expect(drawn.get(`[${method}].nullValue`)).toBe("number");
  });
});
