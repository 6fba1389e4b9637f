import { describe, expect, it } from "vitest";
import { subjectTable } from "../../../../lib/data/subject-table.ts";
import { baselineFeatures } from "../../../../lib/progression/feature-encoding.ts";
import { answerRequest } from "../../../../lib/progression/federation/answer-request.ts";
import { combineAnswers, firstRequest } from "../../../../lib/progression/federation/combine-answers.ts";
import { leakingFromCells } from "../../../../lib/progression/federation/leakage-from-cells.ts";
import { pooledCells } from "../../../../lib/progression/federation/pattern-statistics.ts";
import { answerHash } from "../../../../lib/progression/federation/round-documents.ts";
import { leakingCovariates } from "../../../../lib/progression/leakage.ts";
import { planFor, runFederation, splitHistory } from "./federated-sites.ts";

const { pooled, bySite } = splitHistory({ sites: 2, patterns: [[], [6], [0]], patients: 240, seed: 3 }, 4, {
  effect: 12,
});
const plan = planFor(pooled, 2);
const request = firstRequest(plan);
const first = plan.sites.map((site, s) => answerRequest(request, site, bySite[s]!, null));
const reason = "the covariates are drawn before the outcomes";

describe("leakage in a federation", () => {
  it("is found from the sums of the first round as from the pooled patients", () => {
    const cells = pooledCells(
      first.map(({ answers }) => {
        const { aggregate } = answers[0]!;
        return aggregate.kind === "patterns" ? aggregate.cells : [];
      }),
    );
    const found = leakingFromCells(plan, cells);
    const features = baselineFeatures(pooled.endpoints, pooled.covariates);
    const wanted = leakingCovariates(subjectTable(pooled), features, pooled.covariates);
    expect(wanted.length).toBeGreaterThan(0);
    expect(found.map(({ feature, outcome }) => `${feature} ${outcome}`)).toEqual(
      wanted.map(({ feature, outcome }) => `${feature} ${outcome}`),
    );
    for (const [k, { correlation }] of found.entries()) expect(correlation).toBeCloseTo(wanted[k]!.correlation, 10);
  });

  it("stops before anything is fitted, until somebody says why it is none", () => {
    expect(() => combineAnswers(plan, first)).toThrow("must say why this is no leak");
    expect(combineAnswers(plan, first, { acknowledgedLeakage: reason }).status).toBe("asking");
    const { model } = runFederation(plan, bySite, { acknowledgedLeakage: reason }).state;
    expect(model.training.acknowledgedLeakage).toBe(reason);
    expect(model.diagnostics.map(({ code }) => code)).toContain("leakage-likely");
  });

  it("does not depend on the order of the answers, and waits for a round that was left out", () => {
    const state = combineAnswers(plan, [...first].reverse(), { acknowledgedLeakage: reason });
    if (state.status !== "asking") throw new Error("no request");
    const second = plan.sites.map((site, s) => answerRequest(state.request, site, bySite[s]!, null));
    expect(combineAnswers(plan, second, { acknowledgedLeakage: reason })).toMatchObject({
      status: "waiting",
      round: 1,
    });
    const altered = second.map((answer) => {
      const content = { ...answer, answers: answer.answers.map((each) => ({ ...each, query: "0".repeat(64) })) };
      return { ...content, hash: answerHash(content) };
    });
    const unsealed = second.map((answer) => ({ ...answer, patients: answer.patients + 1 }));
    expect(() => combineAnswers(plan, [...first, ...unsealed], { acknowledgedLeakage: reason })).toThrow(
      "was changed after the site wrote it",
    );
    expect(() => combineAnswers(plan, [...first, ...altered], { acknowledgedLeakage: reason })).toThrow(
      "must answer the request that the plan and the earlier answers lead to",
    );
  });
});
