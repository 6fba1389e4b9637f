import { z } from "zod";
import { requestingMember } from "../../../../../server/auth/auth.ts";
import { serviceContext } from "../../../../../server/runtime.ts";
import { notFound, ServiceError } from "../../../../../server/services/errors.ts";
import { exportTwins, twinExportOptions } from "../../../../../server/services/twins/export-twins.ts";
import { errorResponse } from "../../../../../server/trpc/http-error.ts";

interface Params {
  readonly params: Promise<{ readonly twinSetId: string; readonly file: string }>;
}

/** Twins as a data set, e.g. adtwin.csv or adtwind.xpt?draws=50&seed=1. */
export async function GET(request: Request, { params }: Params): Promise<Response> {
  try {
    const actor = await requestingMember();
    const { twinSetId, file } = await params;
    if (!z.uuid().safeParse(twinSetId).success) throw notFound("twin set");
    const options = twinExportOptions.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!options.success)
      throw new ServiceError("INVALID", "draws must be a whole number from 1 to 1000, seed a whole number.");
    const made = await exportTwins(await serviceContext(actor), { twinSetId, file, options: options.data });
    return new Response(made.bytes, {
      headers: {
        "content-type": made.mediaType,
        "content-length": String(made.bytes.length),
        "content-disposition": `attachment; filename="${made.name}"`,
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    return errorResponse(error);
  }
}
