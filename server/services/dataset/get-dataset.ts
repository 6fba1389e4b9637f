import type { ServiceContext } from "../context.ts";
import { dataSetDocument, datasetInWorkspace, presentDataset } from "./access.ts";
import type { DatasetDetail } from "./dataset-schemas.ts";
import { listDatasets } from "./list-datasets.ts";
import { trajectories } from "./trajectories.ts";

export async function getDataset(ctx: ServiceContext, datasetId: string): Promise<DatasetDetail> {
  const row = await datasetInWorkspace(ctx, datasetId);
  const rows = await listDatasets(ctx, row.studyId);
  const current = rows.find((candidate) => candidate.id === row.id)?.current ?? false;
  return {
    ...presentDataset(row, current),
    mapping: row.mapping,
    quality: row.quality,
    trajectories: trajectories(await dataSetDocument(ctx, row)),
  };
}
