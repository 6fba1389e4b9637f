import { z } from "zod";
import { scenarioSchema, trialDesignSchema } from "../../../lib/simulation/simulation-document.ts";

export const saveDesignInput = z.object({ studyId: z.uuid(), design: trialDesignSchema });
export type SaveDesignInput = z.infer<typeof saveDesignInput>;
export const removeDesignInput = z.object({ studyId: z.uuid(), designId: z.string().min(1).max(60) });
export const saveScenarioInput = z.object({ studyId: z.uuid(), scenario: scenarioSchema });
export type SaveScenarioInput = z.infer<typeof saveScenarioInput>;
export const removeScenarioInput = z.object({ studyId: z.uuid(), scenarioId: z.string().min(1).max(60) });
