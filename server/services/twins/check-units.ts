import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { frozenModelSchema } from "../../../lib/progression/model-document.ts";
import { alignToModel } from "../../../lib/twins/align-to-model.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { readDocument } from "../stored-file.ts";

/**
 * Refuses twins of patients whose values do not look like the unit of training, unless a person says why they are right.
 * A unit of another name is refused in any case.
 */
export async function assertUnitsOfTraining(
  ctx: ServiceContext,
  files: { readonly model: string; readonly data: string },
  acknowledged: string | undefined,
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const model = await readDocument(ctx.db, workspaceId, files.model, frozenModelSchema);
  const data = await readDocument(ctx.db, workspaceId, files.data, longDataSetSchema);
  const suspected = alignToModel(model, data).diagnostics.filter(({ code }) => code === "units-suspected");
  if (suspected.length === 0 || acknowledged !== undefined) return;
  const requirement =
    "must say why these values are right; otherwise declare the unit of the file under Units in its mapping and import it again";
  throw new ServiceError(
    "INVALID",
    `${suspected.map(({ message }) => message).join(" ")} No twins were drawn. Declare the unit of the file under Units in its mapping and import it again, or say why the values are right.`,
    { argument: "acknowledgedUnits", requirement },
  );
}
