import type { ServiceContext } from "../context.ts";
import { uploadToImport } from "./access.ts";
import { assembleUpload, noteOutcomesSeen } from "./assemble.ts";
import type { PreviewInput, PreviewResult } from "./dataset-schemas.ts";

/** The quality report of an upload under a mapping, or every problem; nothing is imported. */
export async function previewImport(ctx: ServiceContext, input: PreviewInput): Promise<PreviewResult> {
  const upload = await uploadToImport(ctx, input.uploadId);
  const result = await assembleUpload(ctx, upload, input.mapping);
  if (!result.assembled) return { ok: false, problems: [...result.problems], omitted: result.omitted };
  if (input.mapping.role === "enrolled") {
    await ctx.db.transaction((tx) => noteOutcomesSeen(tx, ctx, upload.studyId, "in the preview of an import"));
  }
  return { ok: true, quality: result.quality, patients: result.patients, dataHash: result.dataHash };
}
