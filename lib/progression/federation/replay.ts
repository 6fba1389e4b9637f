import type { AnswerTo, FederationQuery, SiteAggregate } from "./federation-query.ts";
import { queryHash } from "./round-documents.ts";

/** Answers of the sites to one query, in the order of the plan. */
export interface SiteAnswer<A> {
  readonly site: string;
  readonly aggregate: A;
}

/**
 * Where an algorithm gets its sums from. It asks as if the answers were there; the first time that they are not, the question
 * is noted and the algorithm is started again from the beginning once the sites have answered. Since it is deterministic, it
 * comes to the same place: nothing but plan and answers need be kept. METHODS.md, equation (FE1).
 */
export interface AggregateOracle {
  /** @throws PendingQueries when the sites have not answered this. */
  ask<Q extends FederationQuery>(query: Q): readonly SiteAnswer<AnswerTo<Q["kind"]>>[];
}

/** Questions that must be answered before the algorithm can go on. */
export class PendingQueries extends Error {
  readonly queries: ReadonlyMap<string, FederationQuery>;

  constructor(queries: ReadonlyMap<string, FederationQuery>) {
    super(`${queries.size} queries are not answered yet`);
    this.queries = queries;
  }
}

/** An oracle over the answers received so far, and which of them were asked for. */
export interface AnswerBook {
  readonly oracle: AggregateOracle;
  /** Hashes of the queries that were asked. */
  readonly asked: ReadonlySet<string>;
}

/**
 * Opens the answers of complete rounds.
 *
 * @param sites - In the order of the plan.
 * @param answers - By hash of the query, then by site.
 * @param hashes - Hashes of queries by their text, added to: hashing is slow, and the same queries come back at every replay.
 */
export function answerBook(
  sites: readonly string[],
  answers: ReadonlyMap<string, ReadonlyMap<string, SiteAggregate>>,
  hashes: Map<string, string>,
): AnswerBook {
  const asked = new Set<string>();
  const oracle: AggregateOracle = {
    ask<Q extends FederationQuery>(query: Q) {
      const text = JSON.stringify(query);
      const hash = hashes.get(text) ?? queryHash(query);
      hashes.set(text, hash);
      const known = answers.get(hash);
      if (known === undefined) throw new PendingQueries(new Map([[hash, query]]));
      asked.add(hash);
      return sites.flatMap((site) => {
        const aggregate = known.get(site);
        return aggregate === undefined ? [] : [{ site, aggregate: aggregate as AnswerTo<Q["kind"]> }];
      });
    },
  };
  return { oracle, asked };
}

/**
 * Runs tasks that do not depend on one another, so that what they need next is asked in one round.
 *
 * @throws PendingQueries with the questions of all tasks that could not go on.
 */
export function together<T>(tasks: readonly (() => T)[]): T[] {
  const pending = new Map<string, FederationQuery>();
  const results: T[] = [];
  for (const task of tasks) {
    try {
      results.push(task());
    } catch (error) {
      if (!(error instanceof PendingQueries)) throw error;
      for (const [hash, query] of error.queries) pending.set(hash, query);
    }
  }
  if (pending.size > 0) throw new PendingQueries(pending);
  return results;
}
