import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sampleStudy } from "../../../lib/samples/index.ts";
import type { SampleDataSet } from "../../../lib/samples/sample-study.ts";
import { assertMay } from "../../auth/authorized.ts";
import { saveAnalysis } from "../analysis/save-analysis.ts";
import type { ServiceContext } from "../context.ts";
import { confirmImport } from "../dataset/confirm-import.ts";
import { receiveUpload } from "../dataset/receive-upload.ts";
import { ServiceError } from "../errors.ts";
import { trainModel } from "../model/train-model.ts";
import { insertStudy } from "./create-study.ts";
import { lockPlan } from "./lock-plan.ts";

/**
 * Opens a sample as anybody's own study would come about: plan frozen, both files imported, then training, twins,
 * simulation and dossier one after the other as jobs. Designs and scenarios follow from the trained model.
 */
export async function openSample(
  ctx: ServiceContext,
  input: { sample: "pbc" | "alzheimer" },
): Promise<{ id: string; jobId: string }> {
  for (const permission of [
    "study.create",
    "study.write",
    "data.import",
    "model.train",
    "analysis.write",
    "simulation.run",
  ] as const) {
    assertMay(ctx.actor, permission);
  }
  const sample = sampleStudy(input.sample);
  const { id } = await insertStudy(ctx, sample.specification, sample.id);
  const [history, enrolled] = sample.datasets;
  await importFile(ctx, id, history);
  for (const planned of sample.analyses) await saveAnalysis(ctx, { studyId: id, planned });
  await lockPlan(ctx, { studyId: id, reason: "Frozen before the outcomes of the enrolled patients are read." });
  await importFile(ctx, id, enrolled);
  const training = { ...sample.training, primary: sample.specification.primary };
  const chain = ["generate-twins", "run-analyses", "run-simulation", "build-dossier"] as const;
  const { jobId } = await trainModel(ctx, { studyId: id, training }, chain);
  return { id, jobId };
}

async function importFile(ctx: ServiceContext, studyId: string, sample: SampleDataSet): Promise<void> {
  const read = (path: string) => new Uint8Array(readFileSync(join(/* turbopackIgnore: true */ ctx.root, path)));
  const bytes = sample.bytes(read);
  const { fileName, mapping } = sample;
  const { uploadId, problems } = await receiveUpload(ctx, { studyId, fileName, bytes, role: mapping.role });
  if (uploadId === null) {
    throw new ServiceError(
      "UNAVAILABLE",
      `The sample file ${fileName} cannot be read: ${problems[0]?.message ?? "unknown"}`,
    );
  }
  await confirmImport(ctx, { uploadId, mapping, reason: "Data of the sample study." });
}
