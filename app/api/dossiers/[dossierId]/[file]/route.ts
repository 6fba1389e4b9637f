import { z } from "zod";
import { requestingMember } from "../../../../../server/auth/auth.ts";
import { serviceContext } from "../../../../../server/runtime.ts";
import { getDossierFile } from "../../../../../server/services/dossier/get-dossier-file.ts";
import { notFound } from "../../../../../server/services/errors.ts";
import { errorResponse } from "../../../../../server/trpc/http-error.ts";

interface Params {
  readonly params: Promise<{ readonly dossierId: string; readonly file: string }>;
}

/** A file of a dossier; `?download` saves it instead of showing it. */
export async function GET(request: Request, { params }: Params): Promise<Response> {
  try {
    const actor = await requestingMember();
    const { dossierId, file } = await params;
    if (!z.uuid().safeParse(dossierId).success) throw notFound("dossier");
    const { name, mediaType, bytes } = await getDossierFile(await serviceContext(actor), dossierId, file);
    const shown = mediaType === "application/pdf" && !new URL(request.url).searchParams.has("download");
    return new Response(bytes, {
      headers: {
        "content-type": mediaType,
        "content-length": String(bytes.length),
        "content-disposition": `${shown ? "inline" : "attachment"}; filename="${name}"`,
        "cache-control": "private, no-store",
        "x-content-type-options": "nosniff",
      },
    });
  } catch (error) {
    return errorResponse(error);
  }
}
