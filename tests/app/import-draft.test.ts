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
});
