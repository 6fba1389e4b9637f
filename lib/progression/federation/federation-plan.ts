import { z } from "zod";
import { ENGINE_VERSION } from "../../engine-version.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { canonicalJson } from "../../numerics/canonical-json.ts";
import { sha256Hex } from "../../numerics/sha256.ts";
import { covariateSchema } from "../../trial/covariate.ts";
import { endpointSchema } from "../../trial/endpoint.ts";
import { plannedVisitSchema } from "../../trial/visit-schedule.ts";
import { baselineFeatures } from "../feature-encoding.ts";
import { FINAL_SETTINGS } from "../gaussian-joint/em.ts";
import type { BaselineFeature } from "../model-document.ts";
import { MOST_HIDDEN_UNITS } from "../neural-boltzmann/hidden-states.ts";
import { DEFAULT_NEURAL_SIZES } from "../neural-boltzmann/neural-sizes.ts";

/** 1/11 is the usual limit on the risk of re-identification when trial data are published (EMA Policy 0070). */
const USUAL_MINIMUM_CELL = 11;

export const siteIdSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, "letters, digits, _ and -; starts with a letter; at most 40");

const rangeSchema = z
  .object({ minimum: z.number(), maximum: z.number() })
  .refine(({ minimum, maximum }) => minimum < maximum, { error: "minimum must be below maximum" });

/** Noise of the Gaussian mechanism on everything that leaves a site; METHODS.md, equations (FE10)–(FE12). */
export const federationNoiseSchema = z.object({
  epsilon: z.number().positive().max(100),
  delta: z.number().positive().max(0.01),
  /** Values beyond these are clipped at the site. They are part of the plan: a range read from the data would leak. */
  endpointRanges: z.array(z.object({ endpointId: z.string(), range: rangeSchema })),
  /** Of the continuous covariates. */
  covariateRanges: z.array(z.object({ covariateId: z.string(), range: rangeSchema })),
});

/** What is fitted, every choice made beforehand. */
export const federatedMemberSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("gaussian-joint"),
    /** ν, pseudo-patients with the structured covariance. */
    priorWeight: z.number().nonnegative(),
  }),
  z.object({
    kind: z.literal("mixed-effects"),
    /** Functions of time, or chosen by AIC. */
    timeFunctions: z.union([z.literal("chosen"), z.number().int().min(0).max(4)]).default("chosen"),
    residual: z
      .enum(["chosen", "independent", "ornstein-uhlenbeck", "ornstein-uhlenbeck-with-noise"])
      .default("chosen"),
    /** Of the effects of features: none is fixed; empirical Bayes is searched for. METHODS.md, equation (FE17). */
    shrinkage: z.enum(["empirical-bayes", "none"]).default("none"),
    association: z.enum(["estimated", "independent"]).default("estimated"),
    /** ν of the joint law of baseline and outcomes that travels with every model. */
    priorWeight: z.number().nonnegative(),
  }),
  z.object({
    kind: z.literal("neural-boltzmann"),
    /** H, tried once the networks without are learnt; kept where patients of sites left out become more likely. */
    hiddenUnits: z.number().int().min(0).max(MOST_HIDDEN_UNITS).default(DEFAULT_NEURAL_SIZES.hiddenUnits),
    networks: z.number().int().min(1).max(20).default(DEFAULT_NEURAL_SIZES.networks),
    meanUnits: z.number().int().min(0).max(256).default(32),
    /** Most averaging rounds, without and again with hidden units. */
    rounds: z.number().int().min(1).max(200).default(20),
    /** A stage ends early after so many averages that did not make patients of sites left out more likely. */
    patience: z.number().int().min(1).max(200).default(5),
    /** Passes of a site over its own patients between two averages. */
    localEpochs: z.number().int().min(1).max(100).default(4),
    learningRate: z.number().positive().max(0.1).default(0.005),
    /** Longest gradient of one patient where noise is added. */
    gradientClip: z.number().positive().default(5),
    /** ν of the joint law that the networks begin from. */
    priorWeight: z.number().nonnegative(),
    /** Of random starts and the order of patients. */
    seed: z.number().int().nonnegative(),
  }),
]);
export type FederatedMember = z.infer<typeof federatedMemberSchema>;
export type FederatedNetworks = Extract<FederatedMember, { kind: "neural-boltzmann" }>;

/** How sums over few patients are kept from leaving a site. */
export const smallCellsSchema = z.object({
  /** Fewest patients that any sum may be taken over, and fewest that may differ from the others in it. */
  minimum: z.number().int().min(3).default(USUAL_MINIMUM_CELL),
  /** Missing patterns of fewer patients: joined with others by leaving values out, or the site does not answer. */
  patterns: z.enum(["merge", "refuse"]).default("merge"),
});

const choices = {
  name: z.string().min(1).max(120),
  sites: z.array(siteIdSchema).min(2).max(200),
  /** Covariates that randomisation is stratified by; they are among the covariates. */
  strata: z.array(z.string()),
  primary: z.object({ endpointId: z.string(), visitId: z.string() }),
  member: federatedMemberSchema,
  smallCells: smallCellsSchema.default({ minimum: USUAL_MINIMUM_CELL, patterns: "merge" }),
  /** A site with fewer control patients does not take part. */
  minimumSite: z
    .number()
    .int()
    .min(5)
    .default(2 * USUAL_MINIMUM_CELL),
  noise: federationNoiseSchema.nullable().default(null),
  /** `leave-one-site-out`: every site is predicted by models of the others; `none`: the model claims nothing. */
  evaluation: z.enum(["leave-one-site-out", "none"]).default("leave-one-site-out"),
  /** Most rounds of requests and answers; absent: that of the member. */
  maximumRounds: z.number().int().min(1).max(2000).optional(),
};

/** What a person writes; endpoints, visits and covariates come from the dictionary of a data set. */
export const federationSpecSchema = z.object({
  format: z.literal("understudy-federation-spec/1"),
  covariateIds: z.array(z.string()),
  ...choices,
});
export type FederationSpec = z.infer<typeof federationSpecSchema>;

/** Everything the sites and the coordinator agree on before a patient is looked at. */
export const federationPlanSchema = z.object({
  format: z.literal("understudy-federation-plan/1"),
  /** All parties compute with the same version. */
  engineVersion: z.string(),
  endpoints: z.array(endpointSchema).min(1),
  visits: z.array(plannedVisitSchema).min(1),
  covariates: z.array(covariateSchema),
  ...choices,
  maximumRounds: z.number().int().min(1).max(2000),
  /** When the fit of the joint law stops; that of the pooled fit. */
  stopping: z.object({
    maximumIterations: z.number().int().positive(),
    logLikelihoodTolerance: z.number().positive(),
    parameterTolerance: z.number().positive(),
  }),
});
export type FederationPlan = z.infer<typeof federationPlanSchema>;

/** What the plan takes from a data set: names and units, no patient. */
export type DataDictionary = Pick<FederationPlan, "endpoints" | "visits" | "covariates">;

/** Rounds of the first sums, and of the evaluation. */
const EVALUATION_ROUNDS = 2;
/** A search of variances asks again at every step. */
const SEARCH_ROUNDS = 600;

/**
 * The plan of a federation.
 *
 * @param spec - Choices.
 * @param dictionary - Endpoints, visits and covariates as the sites' data sets name them.
 * @throws DomainError INVALID_INPUT for names that the dictionary does not have, sites named twice, or noise without ranges;
 *   UNSUPPORTED_COMBINATION for noise on anything but one release of the Gaussian joint model.
 */
export function planFederation(spec: FederationSpec, dictionary: DataDictionary): FederationPlan {
  const { format: _, covariateIds, ...rest } = spec;
  const asked = new Set(covariateIds);
  const known = dictionary.covariates.map(({ id }) => id);
  refuseUnknown("spec.covariateIds", covariateIds, known);
  refuseUnknown("spec.strata", spec.strata, covariateIds);
  refuseUnknown(
    "spec.primary.endpointId",
    [spec.primary.endpointId],
    dictionary.endpoints.map(({ id }) => id),
  );
  refuseUnknown(
    "spec.primary.visitId",
    [spec.primary.visitId],
    dictionary.visits.map(({ id }) => id),
  );
  const discrete = dictionary.endpoints.filter(({ outcome }) => outcome !== undefined);
  if (discrete.length > 0) {
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "spec",
      received: discrete.map(({ id, outcome }) => `${id} (${outcome!.type})`).join(", "),
      requirement: "must be of continuous endpoints: the members of a federation have normal laws",
      hint: "Map these endpoints as continuous, or take a data set without them as the dictionary.",
    });
  }
  const repeated = spec.sites.find((site, k) => spec.sites.indexOf(site) !== k);
  if (repeated !== undefined) throw invalidInput("spec.sites", repeated, "must name every site once");
  if (spec.minimumSite < spec.smallCells.minimum) {
    throw invalidInput(
      "spec.minimumSite",
      spec.minimumSite,
      `must be at least the minimum cell size, ${spec.smallCells.minimum}`,
    );
  }
  const covariates = dictionary.covariates.filter(({ id }) => asked.has(id));
  if (spec.noise !== null) checkNoise(spec, { ...dictionary, covariates });
  return {
    format: "understudy-federation-plan/1",
    engineVersion: ENGINE_VERSION,
    endpoints: dictionary.endpoints,
    visits: dictionary.visits,
    covariates,
    ...rest,
    maximumRounds: spec.maximumRounds ?? roundsOf(spec),
    stopping: FINAL_SETTINGS,
  };
}

/** SHA-256 of the canonical JSON of a plan: every file of the federation names it. */
export function planHash(plan: FederationPlan): string {
  return sha256Hex(canonicalJson(plan));
}

/** Baseline features of the plan, in their one order. */
export function planFeatures(plan: FederationPlan): BaselineFeature[] {
  return baselineFeatures(plan.endpoints, plan.covariates);
}

/** Most rounds that a member can take. */
function roundsOf({ member, noise, evaluation }: FederationSpec): number {
  switch (member.kind) {
    case "gaussian-joint":
      return noise !== null ? 1 : 1 + EVALUATION_ROUNDS;
    case "mixed-effects":
      return SEARCH_ROUNDS;
    case "neural-boltzmann": {
      if (noise !== null) return 1 + member.rounds;
      const stages = member.hiddenUnits === 0 ? 1 : 2;
      if (evaluation === "none") return 1 + stages * member.rounds;
      // A stage's last average is only scored; then the regression of the score.
      return 1 + stages * (member.rounds + 1) + 1 + EVALUATION_ROUNDS;
    }
    default:
      return member satisfies never;
  }
}

function checkNoise(spec: FederationSpec, dictionary: DataDictionary): void {
  const noise = spec.noise!;
  const { member, evaluation } = spec;
  const hidden = member.kind === "neural-boltzmann" && member.hiddenUnits > 0;
  if (member.kind === "mixed-effects" || hidden || evaluation !== "none") {
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "spec.noise",
      received: `${member.kind}${hidden ? ` with ${member.hiddenUnits} hidden units` : ""}, evaluation ${evaluation}`,
      requirement:
        'is given with a number of answers that is known beforehand: member "gaussian-joint" or "neural-boltzmann" (hiddenUnits 0), and evaluation "none"',
      hint: "Every further round would spend ε again. Leave the noise out, or the evaluation.",
    });
  }
  const missing = [
    ...dictionary.endpoints.filter(({ id }) => !noise.endpointRanges.some(({ endpointId }) => endpointId === id)),
    ...dictionary.covariates.filter(
      ({ id, type }) => type === "continuous" && !noise.covariateRanges.some(({ covariateId }) => covariateId === id),
    ),
  ];
  if (missing.length === 0) return;
  throw invalidInput(
    "spec.noise",
    missing.map(({ id }) => id).join(", "),
    "must have a range for every endpoint and every continuous covariate",
    "Give ranges from the literature or the protocol, not from the data.",
  );
}

function refuseUnknown(argument: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((id) => !known.includes(id));
  if (unknown.length === 0) return;
  throw invalidInput(argument, unknown.join(", "), `must be among ${known.join(", ") || "nothing (there is none)"}`);
}
