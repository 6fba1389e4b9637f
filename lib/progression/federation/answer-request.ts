import { dataSetHash } from "../../data/data-set-hash.ts";
import type { LongDataSet } from "../../data/long-data-set.ts";
import { ENGINE_VERSION } from "../../engine-version.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import type { Rng } from "../../numerics/rng.ts";
import { comparisonSums, type LeftOutModel, spreadSums } from "./comparison.ts";
import { siteAssociation, siteCourseSums } from "./course-statistics.ts";
import { type FederatedNetworks, type FederationPlan, planHash } from "./federation-plan.ts";
import type { FederationQuery, PatternsAnswer, SiteAggregate } from "./federation-query.ts";
import { noiseDeviation, noisyPatterns } from "./gaussian-noise.ts";
import { type LocalTrainingQuery, siteLocalTraining } from "./local-training.ts";
import { patternStatistics } from "./pattern-statistics.ts";
import {
  answerHash,
  type FederationAnswer,
  type FederationRequest,
  queryHash,
  requestHash,
} from "./round-documents.ts";
import { siteScoreRegression } from "./score-regression.ts";
import { type SiteData, siteData } from "./site-data.ts";

/**
 * Answers a request with sums over the control patients of one site. METHODS.md, equations (FE1)–(FE4), (FE8)–(FE12).
 *
 * @param request - As the coordinator wrote it.
 * @param site - Which site of the plan this is.
 * @param data - The site's data set; nothing of it but sums is in the answer.
 * @param noise - Randomness of the noise, where the plan adds any; its seed must be the site's secret.
 * @throws DomainError INVALID_INPUT for another version of the program, a request that was changed, a site or data set that is
 *   not of the plan; INSUFFICIENT_DATA for a site that is too small.
 */
export function answerRequest(
  request: FederationRequest,
  site: string,
  data: LongDataSet,
  noise: Rng | null,
): FederationAnswer {
  const { plan } = request;
  refuseForeignRequest(request, site);
  if (plan.noise !== null) return sealed(noisyAnswer(request, site, data, noise));
  const own = siteData(data, plan);
  return sealed({
    ...heading(request, site, data),
    patients: own.view.cells.reduce((sum, { rows }) => sum + rows.length, 0),
    answers: request.queries.map((query) => ({
      query: queryHash(query),
      aggregate: aggregateOf(query, plan, site, own),
    })),
    noise: null,
  });
}

function sealed(content: Omit<FederationAnswer, "hash">): FederationAnswer {
  return { ...content, hash: answerHash(content) };
}

function heading(request: FederationRequest, site: string, data: LongDataSet) {
  return {
    format: "understudy-federation-answer/2" as const,
    engineVersion: ENGINE_VERSION,
    planHash: request.planHash,
    requestHash: requestHash(request),
    round: request.round,
    site,
    dataHash: dataSetHash(data),
  };
}

function noisyAnswer(
  request: FederationRequest,
  site: string,
  data: LongDataSet,
  noise: Rng | null,
): Omit<FederationAnswer, "hash"> {
  const { plan } = request;
  if (noise === null) {
    throw invalidInput(
      "noise",
      null,
      "must have a seed: the plan adds noise",
      "Choose a seed and keep it at the site.",
    );
  }
  const [query] = request.queries;
  refuseUnplannedRelease(request);
  const released =
    query!.kind === "local-training" ? noisyNetworks(plan, site, data, query!, noise) : noisySums(plan, data, noise);
  const { epsilon, delta } = plan.noise!;
  return {
    ...heading(request, site, data),
    patients: released.patients,
    answers: [{ query: queryHash(query!), aggregate: released.aggregate }],
    noise: { epsilon, delta, standardDeviation: noiseDeviation(plan) },
  };
}

interface NoisyRelease {
  readonly aggregate: SiteAggregate;
  /** Rounded down to a multiple of the minimum cell size. */
  readonly patients: number;
}

function noisySums(plan: FederationPlan, data: LongDataSet, noise: Rng): NoisyRelease {
  const { cells, patients } = noisyPatterns(data, plan, noise);
  return {
    patients,
    aggregate: { kind: "patterns", cells, days: [], repeatedDays: [], leftOut: { values: 0, patients: 0 } },
  };
}

function noisyNetworks(
  plan: FederationPlan,
  site: string,
  data: LongDataSet,
  query: LocalTrainingQuery,
  noise: Rng,
): NoisyRelease {
  const own = siteData(data, plan);
  const { minimum } = plan.smallCells;
  return {
    patients: Math.floor(own.patients / minimum) * minimum,
    aggregate: { kind: "local-training", ...siteLocalTraining(plan, networksOf(plan), site, own, query, noise) },
  };
}

/** What may be asked where every answer spends part of ε and δ: the sums once, each averaging round once, as planned. */
function refuseUnplannedRelease({ plan, queries, round }: FederationRequest): void {
  const [query, another] = queries;
  const planned =
    another === undefined &&
    (query?.kind === "patterns"
      ? round === 1
      : query?.kind === "local-training" &&
        plan.member.kind === "neural-boltzmann" &&
        query.epochs === plan.member.localEpochs &&
        query.networks.length === plan.member.networks &&
        query.round === round - 1 &&
        query.round <= plan.member.rounds &&
        query.except === null);
  if (planned) return;
  throw invalidInput(
    "request.queries",
    `${queries.map(({ kind }) => kind).join(", ")} in round ${round}`,
    "must ask once for patterns, and once a round for the planned passes: the plan's ε and δ are spent by these answers",
  );
}

function networksOf({ member }: FederationPlan): FederatedNetworks {
  if (member.kind === "neural-boltzmann") return member;
  throw invalidInput(
    "request.queries",
    "local-training",
    `must be asked in a plan for networks, not for ${member.kind}`,
  );
}

function refuseForeignRequest(request: FederationRequest, site: string): void {
  const { plan } = request;
  if (plan.engineVersion !== ENGINE_VERSION) {
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "request.plan.engineVersion",
      received: plan.engineVersion,
      requirement: `must be that of this program, ${ENGINE_VERSION}: all parties compute alike`,
      hint: "Install the version of the plan.",
    });
  }
  if (planHash(plan) !== request.planHash) {
    throw invalidInput(
      "request.planHash",
      request.planHash,
      "must be the SHA-256 of the plan in the request",
      "The request was changed after it was written; ask the coordinator for it again.",
    );
  }
  if (!plan.sites.includes(site)) {
    throw invalidInput("site", site, `must be one of the plan's sites, ${plan.sites.join(", ")}`);
  }
  if (request.round > plan.maximumRounds) {
    throw invalidInput("request.round", request.round, `must be at most ${plan.maximumRounds}, as the plan says`);
  }
}

function aggregateOf(query: FederationQuery, plan: FederationPlan, site: string, own: SiteData): SiteAggregate {
  const visits = plan.visits.map(({ targetDay }) => targetDay);
  switch (query.kind) {
    case "patterns":
      return { kind: query.kind, ...patternsAnswer(plan, own) };
    case "course-sums":
      return { kind: query.kind, ...(query.except === site ? { sums: null } : siteCourseSums(plan, own, query)) };
    case "association":
      return { kind: query.kind, ...(query.except === site ? { pairs: [] } : siteAssociation(plan, own, query)) };
    case "local-training":
      return {
        kind: query.kind,
        ...siteLocalTraining(plan, networksOf(plan), site, own, query, null),
      };
    case "score-regression":
      return {
        kind: query.kind,
        ...siteScoreRegression(own, site, query.models, visits, plan.smallCells.minimum),
      };
    case "comparison":
      return {
        kind: query.kind,
        ...comparisonSums(own, ownModel(query.models, site), visits, plan.smallCells.minimum),
      };
    case "comparison-spread":
      return {
        kind: query.kind,
        ...spreadSums(own, ownModel(query.models, site), visits, plan.smallCells.minimum, query.spread),
      };
    default:
      return query satisfies never;
  }
}

function ownModel(models: readonly LeftOutModel[], site: string): LeftOutModel {
  const found = models.find((model) => model.site === site);
  if (found !== undefined) return found;
  throw invalidInput("request.queries", "no model", `must hold the model that was learnt without site ${site}`);
}

/** Pattern statistics, with the mean days of the outcomes. */
function patternsAnswer(plan: FederationPlan, { view, columns: D, featureCount: Q, days }: SiteData): PatternsAnswer {
  const cells = D - Q;
  const V = plan.visits.length;
  const sums = Array.from({ length: cells }, () => ({ count: 0, sum: 0 }));
  const repeatedDays = plan.endpoints.map(() => false);
  for (const i of view.cells.flatMap(({ rows }) => rows)) {
    const seen = new Set<string>();
    for (let cell = 0; cell < cells; cell++) {
      if (Number.isNaN(view.values[i * D + Q + cell]!)) continue;
      const day = days[i * cells + cell]!;
      sums[cell]!.count++;
      sums[cell]!.sum += day;
      const key = `${Math.floor(cell / V)} ${day}`;
      if (seen.has(key)) repeatedDays[Math.floor(cell / V)] = true;
      seen.add(key);
    }
  }
  const { minimum } = plan.smallCells;
  const coarse = (count: number) => Math.ceil(count / minimum) * minimum;
  return {
    cells: patternStatistics(view, D),
    days: sums.map(({ count, sum }) => ({ count, mean: count === 0 ? 0 : sum / count })),
    repeatedDays,
    leftOut: { values: coarse(view.leftOut.values), patients: coarse(view.leftOut.patients) },
  };
}
