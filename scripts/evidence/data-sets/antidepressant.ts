import { mappingSpecSchema } from "../../../lib/data/mapping-spec.ts";
import { sharedFile } from "../../../tests/support/shared.ts";
import { dataSetOf, tableOf } from "../assemble.ts";
import type { EvidenceDataSet } from "../evidence-data-set.ts";
import mapping from "../mappings/antidepressant.json" with { type: "json" };

export const antidepressant: EvidenceDataSet = {
  id: "antidepressant",
  title: "Depression (antidepressant trial)",
  description:
    "Based on a real trial: placebo arm, 88 patients. HAMD-17 at weeks 1, 2, 4 and 6. Sex is the only covariate at baseline that a new trial would have too (investigators are those of this trial; anxiety and global impression are recorded after baseline only); no strata.",
  training: {
    covariateIds: ["sex"],
    strata: [],
    primary: { endpointId: "hamd17", visitId: "week6" },
    folds: 5,
  },
  load: () => {
    const bytes = sharedFile("data/antidepressant/antidepressant.csv");
    return bytes === null ? null : dataSetOf(tableOf(bytes, "antidepressant.csv"), mappingSpecSchema.parse(mapping));
  },
};
