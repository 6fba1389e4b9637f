import { mappingSpecSchema } from "../../../lib/data/mapping-spec.ts";
import { sharedFile } from "../../../tests/support/shared.ts";
import { dataSetOf, tableOf } from "../assemble.ts";
import type { EvidenceDataSet } from "../evidence-data-set.ts";
import mapping from "../mappings/ra-auranofin.json" with { type: "json" };

export const raAuranofin: EvidenceDataSet = {
  id: "ra-auranofin",
  title: "Rheumatoid arthritis (auranofin trial)",
  description:
    "Real: placebo arm, 149 patients. Self-assessment from 1 (poor) to 5 (very good) at months 1, 3 and 5, taken as a number; age and sex; no strata.",
  training: {
    covariateIds: ["sex", "age"],
    strata: [],
    primary: { endpointId: "selfAssessment", visitId: "month5" },
    folds: 5,
  },
  load: () => {
    const bytes = sharedFile("data/ra_auranofin/arthritis.csv");
    return bytes === null ? null : dataSetOf(tableOf(bytes, "arthritis.csv"), mappingSpecSchema.parse(mapping));
  },
};
