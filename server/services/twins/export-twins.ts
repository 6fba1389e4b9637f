import { z } from "zod";
import { exportEndings, exportFormats } from "../../../lib/data/export-table.ts";
import { writeTable } from "../../../lib/data/write-table.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { adtwin, adtwinc, adtwind } from "../../../lib/twins/twin-tables.ts";
import type { ServiceContext } from "../context.ts";
import { dataSetDocument, datasetInWorkspace } from "../dataset/access.ts";
import { notFound, ServiceError } from "../errors.ts";
import { frozenModelDocument, modelInWorkspace } from "../model/access.ts";
import { storedTwins, twinSetInWorkspace } from "./access.ts";

/** Drawn values in one download at most; longer tables are for the command line. */
const MOST_VALUES = 500_000;

export const twinExportOptions = z.object({
  /** Trajectories per patient in adtwind. */
  draws: z.coerce.number().int().min(1).max(1000).default(20),
  seed: z.coerce.number().int().nonnegative().default(1),
});
export type TwinExportOptions = z.infer<typeof twinExportOptions>;

const MEDIA_TYPES = {
  csv: "text/csv; charset=utf-8",
  "xpt-v5": "application/octet-stream",
  "xpt-v8": "application/octet-stream",
  "dataset-json": "application/json",
} as const;

/**
 * Twins as a data set: adtwin (means, variances, quantiles), adtwind (drawn trajectories) or adtwinc (covariances).
 *
 * @param file - Name with the ending of a format, e.g. "adtwin.xpt"; the same twins give the same bytes.
 */
export async function exportTwins(
  ctx: ServiceContext,
  input: { readonly twinSetId: string; readonly file: string; readonly options: TwinExportOptions },
): Promise<{ name: string; mediaType: string; bytes: Uint8Array<ArrayBuffer> }> {
  const name = input.file.slice(0, input.file.indexOf("."));
  const format = exportFormats.find((candidate) => input.file === `${name}.${exportEndings[candidate]}`);
  if (format === undefined || !["adtwin", "adtwind", "adtwinc"].includes(name)) throw notFound("export");
  const row = await twinSetInWorkspace(ctx, input.twinSetId);
  const { twins } = await storedTwins(ctx, row);
  const model = await frozenModelDocument(ctx, (await modelInWorkspace(ctx, row.modelId)).model);
  const data = await dataSetDocument(ctx, await datasetInWorkspace(ctx, row.datasetId));
  const cells = model.endpoints.length * model.visits.length;
  const { draws, seed } = input.options;
  if (name === "adtwind" && draws * cells * twins.twins.length > MOST_VALUES) {
    const most = Math.floor(MOST_VALUES / (cells * twins.twins.length));
    throw new ServiceError(
      "INVALID",
      `${draws} draws of ${twins.twins.length} patients are too many for a download here; ask for ${most} at most, or use the command line: understudy twins --export FOLDER --draws ${draws}.`,
    );
  }
  const table =
    name === "adtwin"
      ? adtwin(model, twins)
      : name === "adtwind"
        ? adtwind({ model, data, twins, draws, seed })
        : adtwinc({ model, data, twins });
  return {
    name: input.file,
    mediaType: MEDIA_TYPES[format],
    bytes: writeTable(table, format, row.createdAt.toISOString(), `Understudy ${ENGINE_VERSION}`),
  };
}
