import { describe, expect, it } from "vitest";
import { completeDraft } from "../../app/studies/[studyId]/data/import/import-draft.ts";
import { mappingSpecSchema } from "../../lib/data/mapping-spec.ts";
import { sampleStudies } from "../../lib/samples/index.ts";

describe("draft of a mapping", () => {
  for (const sample of sampleStudies) {
    it(`keeps a complete mapping of the ${sample.id} sample as it is`, () => {
      for (const dataset of sample.datasets) {
        expect(completeDraft(dataset.mapping, sample.specification, dataset.fileName)).toEqual(dataset.mapping);
      }
    });

    it(`takes endpoints, visits and the control arm of the ${sample.id} study where nothing was recognised`, () => {
      const draft = completeDraft({}, sample.specification, "new trial.csv");
      expect(draft.endpoints.map(({ endpoint }) => endpoint)).toEqual(sample.specification.endpoints);
      expect(draft.visits).toEqual(sample.specification.visits);
      expect(draft.name).toBe("new trial");
      expect(draft.arm.kind === "column" && draft.arm.arms[0]?.arm.role).toBe("control");
    });

    it(`does not pass an empty draft of the ${sample.id} study for a mapping`, () => {
      const checked = mappingSpecSchema.safeParse(completeDraft({}, sample.specification, "x.csv"));
      expect(checked.success).toBe(false);
      const places = checked.success ? [] : checked.error.issues.map((issue) => issue.path.join("."));
      expect(places).toContain("patient.column");
      expect(places).toContain("time.column");
    });
  }

  it("speaks of the study's endpoints, visits and arms where a file has its own names for them", () => {
    const study = sampleStudies[0]!.specification;
    const oneEndpoint = { ...study, endpoints: study.endpoints.slice(0, 1) };
    const [first] = study.endpoints;
    const draft = completeDraft(
      {
        endpoints: [{ endpoint: { ...first!, id: "BILI", label: "Serum bilirubin" }, source: "BILI" }],
        visits: [
          { id: "day186", label: "Day 186", targetDay: 186, windowFrom: 94, windowTo: 279 },
          { id: "final", label: study.visits.at(-1)!.label, targetDay: 740, windowFrom: 600, windowTo: 900 },
        ],
        time: {
          kind: "visit",
          column: "VISIT",
          baselineValues: ["0"],
          visits: [
            { value: "1", visitId: "day186" },
            { value: "2", visitId: "final" },
          ],
          dayColumn: null,
        },
        arm: {
          kind: "column",
          column: "TRT",
          arms: [
            { value: "1", arm: { id: "arm_1", label: "1", role: "experimental" } },
            { value: "0", arm: { id: "arm_0", label: "0", role: "control" } },
          ],
        },
      },
      oneEndpoint,
      "own.csv",
    );
    expect(draft.endpoints).toEqual([{ endpoint: first, source: "BILI" }]);
    expect(draft.visits).toEqual(study.visits);
    expect(draft.time.kind === "visit" && draft.time.visits).toEqual([
      { value: "2", visitId: study.visits.at(-1)!.id },
    ]);
    expect(draft.arm.kind === "column" && draft.arm.arms.map(({ arm }) => arm.id)).toEqual([
      "d-penicillamine",
      "placebo",
    ]);
  });
});
