import { type ForecastSteps, forecastSteps } from "../../../lib/twins/forecast-steps.ts";
import type { ServiceContext } from "../context.ts";
import { dataSetDocument, datasetInWorkspace } from "../dataset/access.ts";
import { frozenModelDocument, modelInWorkspace } from "../model/access.ts";
import { twinSetInWorkspace } from "./access.ts";

/** How a patient's forecast moved with every visit; computed when asked for and kept nowhere. */
export async function getForecastSteps(
  ctx: ServiceContext,
  input: { readonly twinSetId: string; readonly patientId: string },
): Promise<ForecastSteps> {
  const row = await twinSetInWorkspace(ctx, input.twinSetId);
  const { model } = await modelInWorkspace(ctx, row.modelId);
  return forecastSteps({
    model: await frozenModelDocument(ctx, model),
    data: await dataSetDocument(ctx, await datasetInWorkspace(ctx, row.datasetId)),
    patientId: input.patientId,
  });
}
