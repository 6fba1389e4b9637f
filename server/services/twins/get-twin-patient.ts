import type { LongDataSet, PatientRecord } from "../../../lib/data/long-data-set.ts";
import type { Twin } from "../../../lib/twins/twin-document.ts";
import type { ServiceContext } from "../context.ts";
import { dataSetDocument, datasetInWorkspace } from "../dataset/access.ts";
import { course } from "../dataset/trajectories.ts";
import { notFound } from "../errors.ts";
import { modelInWorkspace } from "../model/access.ts";
import { storedTwins, twinSetInWorkspace } from "./access.ts";
import type { TwinPatient } from "./twins-schemas.ts";

/** One patient's twin with the courses of the nearest historical patients. */
export async function getTwinPatient(
  ctx: ServiceContext,
  input: { twinSetId: string; patientId: string },
): Promise<TwinPatient> {
  const row = await twinSetInWorkspace(ctx, input.twinSetId);
  const { twins } = await storedTwins(ctx, row);
  const twin = twins.twins.find((candidate) => candidate.patientId === input.patientId);
  if (twin === undefined) throw notFound("patient");
  const { model } = await modelInWorkspace(ctx, row.modelId);
  const history = await dataSetDocument(ctx, await datasetInWorkspace(ctx, model.datasetId));
  return {
    twin,
    nearestCourses: nearestCourses(twin, history, twins.endpointIds),
    patientIds: twins.twins.map((candidate) => candidate.patientId),
  };
}

function nearestCourses(
  twin: Twin,
  history: LongDataSet,
  endpointIds: readonly string[],
): TwinPatient["nearestCourses"] {
  const key = (patient: Pick<PatientRecord, "study" | "id">) => JSON.stringify([patient.study, patient.id]);
  const known = new Map(history.patients.map((patient) => [key(patient), patient]));
  return twin.nearest.flatMap(({ patientId, study, distance }) => {
    const patient = known.get(key({ study, id: patientId }));
    if (patient === undefined) return [];
    const courses = endpointIds.map((endpointId) => {
      const e = history.endpoints.findIndex((endpoint) => endpoint.id === endpointId);
      return { endpointId, points: e < 0 ? [] : course(history, patient, e) };
    });
    return [{ patientId, study, distance, courses }];
  });
}
