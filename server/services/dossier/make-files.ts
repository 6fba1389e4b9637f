import type { ThreadInput, ThreadOutput } from "../../jobs/thread-pool.ts";
import type { Making, ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { dossierInWorkspace } from "./access.ts";

/**
 * Makes the files of a dossier while a person waits for them, and notes how far it is for whoever asks. Nothing is stored
 * here: when the program ends in between, the dossier is what it was before.
 */
export async function makeFiles(
  ctx: ServiceContext,
  dossierId: string,
  gather: () => Promise<ThreadInput<"build-dossier">>,
): Promise<ThreadOutput<"build-dossier">> {
  if (ctx.making.has(dossierId)) {
    throw new ServiceError(
      "CONFLICT",
      "The files of this dossier are being made at this moment. Try again when they are done.",
    );
  }
  ctx.making.set(dossierId, { fraction: 0, message: "Gathering the results" });
  try {
    return await ctx.threads.run("build-dossier", await gather(), {
      onProgress: ({ fraction, message }) => ctx.making.set(dossierId, { fraction, message }),
    });
  } finally {
    ctx.making.delete(dossierId);
  }
}

/** How far the files of a dossier are; null when nobody waits for them. */
export async function getMaking(ctx: ServiceContext, dossierId: string): Promise<Making | null> {
  const { dossier } = await dossierInWorkspace(ctx, dossierId);
  return ctx.making.get(dossier.id) ?? null;
}
