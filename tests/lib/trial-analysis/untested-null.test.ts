import { expect, it } from "vitest";
import { analyseTrial } from "../../../lib/trial-analysis/analyse-trial.ts";
import { analysisSpecSchema } from "../../../lib/trial-analysis/analysis-spec.ts";
import { smallTrialData } from "../../support/small-trial-data.ts";

const noteOf = (choices: object) =>
  analyseTrial(analysisSpecSchema.parse({ endpoint: "scale", visit: "week12", ...choices }), smallTrialData()).code
    .sasNote;

it("the SAS program of an analysis with a margin says when it tests no effect", () => {
  expect(noteOf({ method: "ancova", nullValue: 1.5 })).toMatch(/null value 1\.5 of the plan is in the R program only/);
  expect(noteOf({ method: "ancova" })).not.toMatch(/null value/);
  expect(noteOf({ method: "two-sample-test", nullValue: 1.5 })).not.toMatch(/null value/);
});
