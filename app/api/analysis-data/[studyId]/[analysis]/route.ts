import { z } from "zod";
import { requestingMember } from "../../../../../server/auth/auth.ts";
import { serviceContext } from "../../../../../server/runtime.ts";
import { getAnalysisData } from "../../../../../server/services/analysis/get-analysis-data.ts";
import { notFound } from "../../../../../server/services/errors.ts";
import { errorResponse } from "../../../../../server/trpc/http-error.ts";

interface Params {
  readonly params: Promise<{ readonly studyId: string; readonly analysis: string }>;
}

/** The data set that the printed programs of an analysis read. */
export async function GET(_request: Request, { params }: Params): Promise<Response> {
  try {
    const actor = await requestingMember();
    const { studyId, analysis } = await params;
    if (!z.uuid().safeParse(studyId).success) throw notFound("study");
    const csv = await getAnalysisData(await serviceContext(actor), studyId, analysis);
    return new Response(csv, {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="analysis-data.csv"',
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    return errorResponse(error);
  }
}
