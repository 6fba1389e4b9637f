import { z } from "zod";
import { requestingMember } from "../../../server/auth/auth.ts";
import { serviceContext } from "../../../server/runtime.ts";
import { receiveSubjects } from "../../../server/services/dataset/receive-subjects.ts";
import { receiveUpload } from "../../../server/services/dataset/receive-upload.ts";
import { readLimited } from "../../../server/services/dataset/upload-limit.ts";
import { ServiceError } from "../../../server/services/errors.ts";
import { studyFor } from "../../../server/services/study/access.ts";
import { errorResponse } from "../../../server/trpc/http-error.ts";
import { isSameOrigin } from "../../../server/trpc/same-origin.ts";

const querySchema = z.object({
  studyId: z.uuid(),
  role: z.enum(["historical-control", "enrolled"]).nullable(),
  part: z.enum(["data", "subjects"]),
  /** For the part `subjects`: the upload whose data file it goes with. */
  uploadId: z.uuid().nullable(),
});

/** Receives a data file, or the patient-level file that goes with one, as the raw body; its name stands percent-encoded in `x-file-name`. */
export async function POST(request: Request): Promise<Response> {
  try {
    if (!isSameOrigin(request)) throw new ServiceError("FORBIDDEN", "Requests from other sites are refused.");
    const actor = await requestingMember();
    const query = new URL(request.url).searchParams;
    const parsed = querySchema.safeParse({
      studyId: query.get("studyId"),
      role: query.get("role"),
      part: query.get("part") ?? "data",
      uploadId: query.get("uploadId"),
    });
    if (!parsed.success) throw new ServiceError("INVALID", "The address must name a study: ?studyId=…");
    const ctx = await serviceContext(actor);
    // Before the body: nobody uploads a large file to learn that they may not.
    await studyFor(ctx, "data.import", parsed.data.studyId);
    const announced = request.headers.get("content-length");
    const bytes = await readLimited(request.body, announced === null ? null : Number(announced));
    const fileName = decodeName(request.headers.get("x-file-name") ?? "");
    const received = { ...parsed.data, fileName, bytes };
    return Response.json(
      parsed.data.part === "data" ? await receiveUpload(ctx, received) : await receiveSubjects(ctx, received),
    );
  } catch (error) {
    return errorResponse(error);
  }
}

function decodeName(given: string): string {
  try {
    return decodeURIComponent(given);
  } catch {
    return given;
  }
}
