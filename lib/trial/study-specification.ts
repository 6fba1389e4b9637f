import { z } from "zod";
import { armSchema } from "./arm.ts";
import { endpointSchema } from "./endpoint.ts";
import { estimandSchema } from "./estimand.ts";
import { plannedVisitSchema } from "./visit-schedule.ts";

/** Where the patients come from; `simulated` puts a SIMULATED band on every page and print. */
export const dataOriginSchema = z.enum(["real", "public", "simulated"]);
export type DataOrigin = z.infer<typeof dataOriginSchema>;

/** A historical source that was considered, whether it was used or not (source log). */
export const sourceLogEntrySchema = z.object({
  name: z.string().min(1),
  type: z.string().min(1),
  sponsor: z.string(),
  years: z.string(),
  region: z.string(),
  patients: z.number().int().nonnegative().nullable(),
  visits: z.number().int().nonnegative().nullable(),
  licence: z.string(),
  decision: z.enum(["included", "excluded"]),
  reason: z.string().min(1),
});
export type SourceLogEntry = z.infer<typeof sourceLogEntrySchema>;

/** What is true in simulated data, so that anybody can see whether the program recovers it; never read by the engine. */
export const knownTruthSchema = z.object({
  law: z.string().min(1),
  /** Experimental minus control per planned visit of the primary endpoint, analysis scale. */
  effectByVisit: z.array(z.object({ visitId: z.string(), effect: z.number() })),
  /** Historical controls, all studies together: mean and SD of the primary endpoint at each visit. */
  controlByVisit: z.array(z.object({ visitId: z.string(), mean: z.number(), standardDeviation: z.number() })),
  /** Best attainable at the primary visit by any score from the recorded baseline: R² of ANCOVA and of the true conditional mean. */
  rSquaredAncova: z.number(),
  rSquaredBestScore: z.number(),
});
export type KnownTruth = z.infer<typeof knownTruthSchema>;

/** The trial being designed. Stored with the study, printed in the dossier. */
export const studySpecificationSchema = z.object({
  format: z.literal("understudy-study/1"),
  title: z.string().min(1).max(200),
  indication: z.string().min(1).max(120),
  compound: z.string().max(120),
  phase: z.string().max(40),
  sponsor: z.string().max(120),
  protocolId: z.string().max(60),
  dataOrigin: dataOriginSchema,
  contextOfUse: z.string(),
  questionOfInterest: z.string(),
  endpoints: z.array(endpointSchema).min(1),
  visits: z.array(plannedVisitSchema).min(1),
  primary: z.object({ endpointId: z.string(), visitId: z.string() }),
  arms: z.array(armSchema).min(2),
  /** Ids of covariates that randomisation is stratified by; they are in every comparator analysis. */
  strata: z.array(z.string()),
  /** Experimental minus control on the primary endpoint that the trial is planned to detect (analysis scale, signed). */
  targetEffect: z.number(),
  estimand: estimandSchema,
  /** Missing data apart from intercurrent events: mechanism assumed, and how it is handled. */
  missingDataStatement: z.string(),
  sourceLog: z.array(sourceLogEntrySchema),
  modelInfluence: z.object({ level: z.enum(["low", "medium", "high"]), reason: z.string() }),
  decisionConsequence: z.object({ level: z.enum(["low", "medium", "high"]), reason: z.string() }),
  knownTruth: knownTruthSchema.nullable().default(null),
  /** Top-level fields that the program filled and nobody has changed, e.g. "targetEffect"; absent = none. */
  defaults: z.array(z.string()).optional(),
});

export type StudySpecification = z.infer<typeof studySpecificationSchema>;

/** Whether the target effect is what somebody plans for, or the program's default of one unit. */
export function targetEffectSource(specification: Pick<StudySpecification, "defaults">): "user" | "default" {
  return specification.defaults?.includes("targetEffect") === true ? "default" : "user";
}
