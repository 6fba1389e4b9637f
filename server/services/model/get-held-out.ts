import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { ServiceContext } from "../context.ts";
import { notFound } from "../errors.ts";
import { readStoredFile } from "../stored-file.ts";
import { modelInWorkspace } from "./access.ts";

/** What every method of a model predicted for patients it had not seen, as a CSV file. */
export async function getHeldOut(ctx: ServiceContext, modelId: string): Promise<string> {
  const { model } = await modelInWorkspace(ctx, modelId);
  if (model.heldOutFileId === null) throw notFound("out-of-fold predictions of this model (train it again)");
  const packed = await readStoredFile(ctx.db, ctx.actor.workspaceId, model.heldOutFileId);
  return (await promisify(gunzip)(packed)).toString("utf8");
}
