import type { UpdatedForecast } from "../../../lib/twins/twin-document.ts";
import { updatedForecast } from "../../../lib/twins/updated-forecast.ts";
import type { ServiceContext } from "../context.ts";
import { dataSetDocument, datasetInWorkspace } from "../dataset/access.ts";
import { frozenModelDocument, modelInWorkspace } from "../model/access.ts";
import { twinSetInWorkspace } from "./access.ts";
import type { UpdatedForecastInput } from "./twins-schemas.ts";

/** Forecast from baseline and the visits so far; computed when asked for and kept nowhere. */
export async function getUpdatedForecast(ctx: ServiceContext, input: UpdatedForecastInput): Promise<UpdatedForecast> {
  const row = await twinSetInWorkspace(ctx, input.twinSetId);
  const { model } = await modelInWorkspace(ctx, row.modelId);
  return updatedForecast({
    model: await frozenModelDocument(ctx, model),
    data: await dataSetDocument(ctx, await datasetInWorkspace(ctx, row.datasetId)),
    patientId: input.patientId,
    throughVisitId: input.throughVisit,
  });
}
