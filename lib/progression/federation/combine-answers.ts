import type { LongDataSet } from "../../data/long-data-set.ts";
import { ENGINE_VERSION } from "../../engine-version.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import type { TrainedModel } from "../model-document.ts";
import { type FederatedFit, fitFederated } from "./federated-fit.ts";
import { federatedModel } from "./federated-model.ts";
import { type FederationPlan, planHash } from "./federation-plan.ts";
import type { FederationQuery, SiteAggregate } from "./federation-query.ts";
import type { FederationRecord } from "./federation-record.ts";
import { pooledDifference } from "./pooled-difference.ts";
import { answerBook, PendingQueries } from "./replay.ts";
import { answerHash, type FederationAnswer, type FederationRequest } from "./round-documents.ts";

/** Where a federation stands after the answers received so far. */
export type FederationState =
  | { readonly status: "waiting"; readonly round: number; readonly missing: readonly string[] }
  | { readonly status: "asking"; readonly request: FederationRequest }
  | {
      readonly status: "done";
      readonly model: TrainedModel;
      readonly fit: FederatedFit;
      readonly record: FederationRecord;
    };

export interface CombineOptions {
  /** What the function remembers from one call to the next, to be quicker; never needed. */
  readonly hashes?: Map<string, string>;
  /** Why partial correlations above 0.6 are no leak. */
  readonly acknowledgedLeakage?: string | undefined;
  /** All patients of all sites, for a rehearsal where they are in one place: the model then states the difference. */
  readonly pooled?: LongDataSet | undefined;
}

/**
 * Combines the answers of the sites: says whose answer is awaited, or gives the next request, or the model.
 *
 * The algorithm runs from its beginning each time, so that plan and answers are all there is to keep, and anybody who has them
 * can repeat it. METHODS.md, equation (FE1).
 *
 * @param plan - The plan.
 * @param answers - All answers so far, in any order.
 * @param options - Memory, and the acknowledgement of a leak.
 * @throws DomainError INVALID_INPUT for answers to another plan, to another request, of an unknown site, of a site that answered
 *   twice or changed its data, and for covariates or twins that know too much of an outcome; NOT_CONVERGED when the planned rounds are used up; and what the fit itself refuses.
 */
export function combineAnswers(
  plan: FederationPlan,
  answers: readonly FederationAnswer[],
  { hashes = new Map(), acknowledgedLeakage, pooled }: CombineOptions = {},
): FederationState {
  checkAnswers(plan, answers);
  const rounds = byRound(answers);
  const complete = rounds.findIndex((round) => round.length < plan.sites.length);
  const used = complete < 0 ? rounds : rounds.slice(0, complete);
  const received = new Map<string, Map<string, SiteAggregate>>();
  for (const answer of used.flat()) {
    for (const { query, aggregate } of answer.answers) {
      const own = received.get(query) ?? new Map<string, SiteAggregate>();
      received.set(query, own.set(answer.site, aggregate));
    }
  }
  const book = answerBook(plan.sites, received, hashes);
  try {
    const fit = fitFederated(plan, book.oracle, acknowledgedLeakage);
    refuseUnasked(used, book.asked);
    const record: FederationRecord = {
      ...recordOf(plan, used, fit),
      ...(pooled === undefined ? {} : { pooled: pooledDifference(plan, fit, pooled) }),
    };
    return { status: "done", model: federatedModel(plan, fit, record, acknowledgedLeakage), fit, record };
  } catch (error) {
    if (!(error instanceof PendingQueries)) throw error;
    refuseUnasked(used, book.asked);
    if (complete >= 0) {
      const round = rounds[complete]!;
      const there = new Set(round.map(({ site }) => site));
      return { status: "waiting", round: complete + 1, missing: plan.sites.filter((site) => !there.has(site)) };
    }
    return { status: "asking", request: nextRequest(plan, used.length + 1, [...error.queries.values()]) };
  }
}

/** The first request of a plan. */
export function firstRequest(plan: FederationPlan): FederationRequest {
  const state = combineAnswers(plan, []);
  if (state.status === "asking") return state.request;
  throw new Error("a federation begins with a request");
}

function nextRequest(plan: FederationPlan, round: number, queries: FederationQuery[]): FederationRequest {
  if (round > plan.maximumRounds) {
    throw new DomainError("NOT_CONVERGED", {
      argument: "plan.maximumRounds",
      received: plan.maximumRounds,
      requirement: "must leave room for the rounds that the fit needs",
      hint: "Agree on a plan with more rounds, or with fixed choices of the model.",
    });
  }
  return { format: "understudy-federation-request/1", plan, planHash: planHash(plan), round, queries };
}

function byRound(answers: readonly FederationAnswer[]): FederationAnswer[][] {
  const last = answers.reduce((most, { round }) => Math.max(most, round), 0);
  return Array.from({ length: last }, (_, r) => answers.filter(({ round }) => round === r + 1));
}

function checkAnswers(plan: FederationPlan, answers: readonly FederationAnswer[]): void {
  const hash = planHash(plan);
  const requests = new Map<number, { hash: string; site: string }>();
  const data = new Map<string, { hash: string; round: number }>();
  const seen = new Set<string>();
  for (const answer of answers) {
    const of = `site ${answer.site}, round ${answer.round}`;
    if (answer.planHash !== hash) {
      throw invalidInput(
        "answers.planHash",
        `${answer.planHash.slice(0, 16)}… (${of})`,
        `must be that of this plan, ${hash.slice(0, 16)}…`,
        "This is an answer to another plan; take it out of the folder.",
      );
    }
    if (answer.engineVersion !== ENGINE_VERSION) {
      throw invalidInput("answers.engineVersion", `${answer.engineVersion} (${of})`, `must be ${ENGINE_VERSION}`);
    }
    if (!plan.sites.includes(answer.site)) {
      throw invalidInput("answers.site", answer.site, `must be one of the plan's sites, ${plan.sites.join(", ")}`);
    }
    const key = `${answer.round} ${answer.site}`;
    if (seen.has(key)) {
      throw invalidInput("answers", of, "must hold one answer per site and round", "Take the older file out.");
    }
    seen.add(key);
    const request = requests.get(answer.round);
    if (request !== undefined && request.hash !== answer.requestHash) {
      throw invalidInput(
        "answers.requestHash",
        `${of} and site ${request.site} answered different requests`,
        "must be the same for all sites in a round",
        "Send all sites the same request file.",
      );
    }
    requests.set(answer.round, { hash: answer.requestHash, site: answer.site });
    const before = data.get(answer.site);
    if (before !== undefined && before.hash !== answer.dataHash) {
      throw invalidInput(
        "answers.dataHash",
        `site ${answer.site} used another data set in round ${answer.round} than in round ${before.round}`,
        "must be the same in all rounds",
        "Let the site answer again from one data set, from round 1.",
      );
    }
    data.set(answer.site, { hash: answer.dataHash, round: answer.round });
  }
  for (const answer of answers) refuseChanged(answer);
}

/** Answers found whole, so that a search of many rounds does not hash the same ones again and again. */
const whole = new WeakSet<FederationAnswer>();

function refuseChanged(answer: FederationAnswer): void {
  if (whole.has(answer)) return;
  if (answerHash(answer) !== answer.hash) {
    throw invalidInput(
      "answers.hash",
      `site ${answer.site}, round ${answer.round}`,
      "must be the SHA-256 of the answer's canonical content",
      "The file was changed after the site wrote it; let the site answer again.",
    );
  }
  whole.add(answer);
}

/** Answers that nobody asked for: of another request with the same round number. */
function refuseUnasked(rounds: readonly (readonly FederationAnswer[])[], asked: ReadonlySet<string>): void {
  rounds.forEach((round, r) => {
    for (const answer of round) {
      // Not all: a round also asks ahead what a search turns out not to need.
      if (answer.answers.some(({ query }) => asked.has(query))) continue;
      throw invalidInput(
        "answers",
        `site ${answer.site}, round ${r + 1}`,
        "must answer the request that the plan and the earlier answers lead to",
        "The file answers a request of another course; let the site answer the current request.",
      );
    }
  });
}

function recordOf(
  plan: FederationPlan,
  rounds: readonly (readonly FederationAnswer[])[],
  fit: FederatedFit,
): FederationRecord {
  const first = rounds[0] ?? [];
  const noise = first[0]?.noise ?? null;
  return {
    planHash: planHash(plan),
    maximumRounds: plan.maximumRounds,
    rounds: rounds.length,
    sites: plan.sites.map((site) => {
      const own = first.find((answer) => answer.site === site)!;
      return { site, patients: own.patients, dataHash: own.dataHash };
    }),
    minimumCell: plan.smallCells.minimum,
    leftOut: fit.leftOut,
    noise: noise === null ? null : { ...noise, releases: rounds.length },
    // Averaged weights are not those of a training on all patients, whatever was left out.
    equalsPooledFit: noise === null && fit.averaging === null && fit.leftOut.values === 0 && fit.leftOut.patients === 0,
    ...(plan.member.kind === "mixed-effects" && plan.member.shrinkage === "empirical-bayes"
      ? { searchedShrinkage: true }
      : {}),
    ...averagingOf(plan, fit),
  };
}

function averagingOf(plan: FederationPlan, { averaging }: FederatedFit): Pick<FederationRecord, "averaging"> {
  if (averaging === null || plan.member.kind !== "neural-boltzmann") return {};
  const { rounds, kept, course } = averaging;
  return { averaging: { localEpochs: plan.member.localEpochs, rounds, kept, course: [...course] } };
}
