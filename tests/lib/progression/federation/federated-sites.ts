import type { LongDataSet } from "../../../../lib/data/long-data-set.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { answerRequest } from "../../../../lib/progression/federation/answer-request.ts";
import {
  type CombineOptions,
  combineAnswers,
  type FederationState,
} from "../../../../lib/progression/federation/combine-answers.ts";
import {
  type FederationPlan,
  type FederationSpec,
  federationSpecSchema,
  planFederation,
} from "../../../../lib/progression/federation/federation-plan.ts";
import {
  type FederationAnswer,
  federationAnswerSchema,
  federationRequestSchema,
} from "../../../../lib/progression/federation/round-documents.ts";
import { DEFAULT_LAW, type SimulatedLaw, simulatedHistory } from "../simulated-history.ts";

/** How patients are spread over missing patterns and sites. */
export interface SplitLaw {
  readonly sites: number;
  /** Each pattern: positions of baseline items (x1, x2, region, baseline) and visits that are missing. */
  readonly patterns: readonly (readonly number[])[];
  readonly patients: number;
  readonly seed: number;
}

export const SITE_NAMES = ["Aachen", "Basel", "Como", "Delft", "Evora"];

/**
 * A pooled history in which every missing pattern has patients of both regions at every site, at least `least` of each, and
 * the histories of the sites.
 */
export function splitHistory(
  { sites, patterns, patients, seed }: SplitLaw,
  least: number,
  law: Partial<SimulatedLaw> = {},
): { pooled: LongDataSet; bySite: LongDataSet[] } {
  const rng = createRng(seed);
  const complete = simulatedHistory(
    { ...DEFAULT_LAW, patients, visits: 3, covariates: 2, dropout: 0, sporadic: 0, ...law },
    seed,
  );
  const groups = patterns.length * 2;
  const site: number[] = [];
  const pooled: LongDataSet = {
    ...complete,
    patients: complete.patients.map((patient, i) => {
      const missing = new Set(patterns[i % patterns.length]!);
      const turn = Math.floor(i / groups);
      site.push(turn < least * sites ? turn % sites : rng.integer(sites));
      const covariates = [...patient.covariates.slice(0, -1), (i % groups) % 2 === 0 ? "north" : "south"];
      return {
        ...patient,
        // Actual days differ from planned ones.
        outcomes: patient.outcomes.map((row) =>
          row.map((cell, v) => {
            if (missing.has(4 + v)) return { missing: "not-measured" as const };
            return "value" in cell ? { ...cell, day: cell.day + rng.integer(15) - 7 } : cell;
          }),
        ),
        covariates: covariates.map((value, p) => (missing.has(p) ? null : value)),
        baseline: patient.baseline.map((value) => (missing.has(3) ? null : value)),
      };
    }),
  };
  const bySite = Array.from({ length: sites }, (_, s) => ({
    ...pooled,
    name: SITE_NAMES[s]!,
    patients: pooled.patients.filter((_, i) => site[i] === s),
  }));
  return { pooled, bySite };
}

export function specFor(data: LongDataSet, sites: number, change: Partial<FederationSpec> = {}): FederationSpec {
  return federationSpecSchema.parse({
    format: "understudy-federation-spec/1",
    name: "federated history",
    sites: SITE_NAMES.slice(0, sites),
    covariateIds: data.covariates.map(({ id }) => id),
    strata: ["region"],
    primary: { endpointId: data.endpoints[0]!.id, visitId: data.visits.at(-1)!.id },
    member: { kind: "gaussian-joint", priorWeight: 10 },
    smallCells: { minimum: 3 },
    minimumSite: 5,
    ...change,
  });
}

/** Everything through the documents as they travel: written as text and read again. */
export function runFederation(
  plan: FederationPlan,
  bySite: readonly LongDataSet[],
  options: CombineOptions = { acknowledgedLeakage: "drawn before the outcomes" },
): { state: Extract<FederationState, { status: "done" }>; answers: FederationAnswer[] } {
  const answers: FederationAnswer[] = [];
  const hashes = new Map<string, string>();
  for (;;) {
    const state = combineAnswers(plan, answers, { hashes, ...options });
    if (state.status === "done") return { state, answers };
    if (state.status === "waiting") throw new Error(`waiting for ${state.missing.join(", ")}`);
    const request = federationRequestSchema.parse(JSON.parse(JSON.stringify(state.request)));
    plan.sites.forEach((site, s) => {
      const noise = plan.noise === null ? null : createRng(900 + s);
      const answer = answerRequest(request, site, bySite[s]!, noise);
      answers.push(federationAnswerSchema.parse(JSON.parse(JSON.stringify(answer))));
    });
  }
}

export function planFor(data: LongDataSet, sites: number, change: Partial<FederationSpec> = {}): FederationPlan {
  return planFederation(specFor(data, sites, change), data);
}

/** Largest difference relative to the largest element. */
export function largestRelativeDifference(a: readonly number[], b: readonly number[]): number {
  const scale = Math.max(...b.map(Math.abs));
  return Math.max(...a.map((value, k) => Math.abs(value - b[k]!))) / scale;
}
