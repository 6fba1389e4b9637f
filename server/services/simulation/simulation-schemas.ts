import { z } from "zod";
import { simulationResultSchema, simulationSpecSchema } from "../../../lib/simulation/simulation-document.ts";
import { jobStatusSchema } from "../job/job-schemas.ts";

export const submitSimulationInput = z.object({ studyId: z.uuid(), spec: simulationSpecSchema });
export type SubmitSimulationInput = z.infer<typeof submitSimulationInput>;
export const runIdInput = z.object({ runId: z.uuid() });

export const simulationRowSchema = z.object({
  id: z.uuid(),
  status: jobStatusSchema,
  jobId: z.uuid(),
  designs: z.number().int(),
  scenarios: z.number().int(),
  replicates: z.number().int(),
  seed: z.number().int(),
  modelId: z.uuid().nullable(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  /** The run that overview and dossier quote: the newest finished one. */
  current: z.boolean(),
  outOfDate: z.string().nullable(),
});
export type SimulationRow = z.infer<typeof simulationRowSchema>;

export const simulationDetailSchema = simulationRowSchema.extend({
  spec: simulationSpecSchema,
  error: z.string().nullable(),
  progress: z.array(
    z.object({
      designId: z.string(),
      scenarioId: z.string(),
      finishedReplicates: z.number().int(),
      replicates: z.number().int(),
    }),
  ),
  /** While the run works: the cells as far as they are known, each with the replicates it rests on. */
  result: simulationResultSchema.nullable(),
});
export type SimulationDetail = z.infer<typeof simulationDetailSchema>;
