import { desc, eq } from "drizzle-orm";
import { dataset } from "../../../drizzle/schema/index.ts";
import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import { datasetColumns } from "../study/study-work.ts";
import { presentDataset } from "./access.ts";
import type { DatasetRow } from "./dataset-schemas.ts";

/** Newest version of each role first. */
export async function listDatasets(ctx: ServiceContext, studyId: string): Promise<DatasetRow[]> {
  await studyInWorkspace(ctx, studyId);
  const rows = await ctx.db
    .select(datasetColumns)
    .from(dataset)
    .where(eq(dataset.studyId, studyId))
    .orderBy(desc(dataset.role), desc(dataset.version));
  return rows.map((row) => presentDataset(row, row.id === rows.find(({ role }) => role === row.role)?.id));
}
