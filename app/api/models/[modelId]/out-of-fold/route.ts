import { z } from "zod";
import { HELD_OUT_FILE } from "../../../../../lib/progression/gain-program.ts";
import { requestingMember } from "../../../../../server/auth/auth.ts";
import { serviceContext } from "../../../../../server/runtime.ts";
import { notFound } from "../../../../../server/services/errors.ts";
import { getHeldOut } from "../../../../../server/services/model/get-held-out.ts";
import { errorResponse } from "../../../../../server/trpc/http-error.ts";

interface Params {
  readonly params: Promise<{ readonly modelId: string }>;
}

/** The out-of-fold predictions that the printed programs of a model's gain read. */
export async function GET(_request: Request, { params }: Params): Promise<Response> {
  try {
    const actor = await requestingMember();
    const { modelId } = await params;
    if (!z.uuid().safeParse(modelId).success) throw notFound("model");
    const csv = await getHeldOut(await serviceContext(actor), modelId);
    return new Response(csv, {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="${HELD_OUT_FILE}"`,
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    return errorResponse(error);
  }
}
