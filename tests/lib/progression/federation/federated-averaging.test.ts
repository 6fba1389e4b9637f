import { describe, expect, it } from "vitest";
import type { LongDataSet } from "../../../../lib/data/long-data-set.ts";
import { subjectTable } from "../../../../lib/data/subject-table.ts";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { baselineAncova } from "../../../../lib/progression/comparators/baseline-ancova.ts";
import { scoreBeyond, scoresOf } from "../../../../lib/progression/evaluation/score-beyond.ts";
import { answerRequest } from "../../../../lib/progression/federation/answer-request.ts";
import { combineAnswers } from "../../../../lib/progression/federation/combine-answers.ts";
import type { FederationRecord } from "../../../../lib/progression/federation/federation-record.ts";
import { federationSentences } from "../../../../lib/progression/federation/federation-text.ts";
import type { FederationAnswer } from "../../../../lib/progression/federation/round-documents.ts";
import { parseFrozenModel } from "../../../../lib/progression/frozen-model.ts";
import { openNeuralBoltzmann } from "../../../../lib/progression/neural-boltzmann/neural-boltzmann-model.ts";
import { histories } from "../../../../lib/progression/training-set.ts";
import { planFor, runFederation, splitHistory } from "./federated-sites.ts";

const sites = 3;
const member = {
  kind: "neural-boltzmann",
  hiddenUnits: 0,
  networks: 2,
  meanUnits: 16,
  rounds: 12,
  patience: 3,
  localEpochs: 4,
  learningRate: 0.005,
  gradientClip: 5,
  priorWeight: 10,
  seed: 7,
} as const;

/** A course that depends on the square of the first covariate: nothing linear can find it. */
function curved(data: LongDataSet): LongDataSet {
  return {
    ...data,
    patients: data.patients.map((patient) => {
      const x = typeof patient.covariates[0] === "number" ? patient.covariates[0] : 0;
      return {
        ...patient,
        outcomes: patient.outcomes.map((row) =>
          row.map((cell, v) => ("value" in cell ? { ...cell, value: cell.value + 3 * (v + 1) * (x * x - 1) } : cell)),
        ),
      };
    }),
  };
}

const split = splitHistory({ sites, patterns: [[], [6], [0]], patients: 420, seed: 31 }, 4, { effect: 0 });
const pooled = curved(split.pooled);
const bySite = split.bySite.map(curved);
const { state, answers } = runFederation(planFor(pooled, sites, { member }), bySite);

describe("federated averaging of networks", () => {
  it("learns what no linear model can, keeps the average that sites left out like best, and opens as a frozen model", () => {
    const { averaging } = state.record;
    expect(averaging!.kept.gaussian).toBeGreaterThan(0);
    const course = averaging!.course.filter(({ heldOut }) => heldOut !== null);
    const at = (round: number) => {
      const rows = course.filter((row) => row.round === round);
      return rows.reduce((sum, { patients, heldOut }) => sum + patients * heldOut!, 0) / pooled.patients.length;
    };
    const rounds = [...new Set(course.map(({ round }) => round))];
    const best = rounds.reduce((most, round) => (at(round) > at(most) ? round : most));
    expect(Math.abs(at(averaging!.kept.gaussian + 1) - at(best))).toBeLessThan(1e-4);
    const linear = runFederation(planFor(pooled, sites), bySite).state.model.evaluation.gain;
    const last = state.model.evaluation.gain[2]!;
    expect(last.gain.value).toBeGreaterThan(linear[2]!.gain.value + 0.1);
    expect(last.gainClaimed).toBe(true);
    parseFrozenModel(JSON.parse(JSON.stringify(state.model)));
    expect(state.model.diagnostics.map(({ code }) => code)).toContain("federated-averaging");
  });

  it("is the same when it is run again, and another with another seed", () => {
    const short = { ...member, rounds: 2 };
    const model = (seed: number) =>
      runFederation(planFor(pooled, sites, { member: { ...short, seed } }), bySite).state.model.hash;
    expect(model(7)).toBe(model(7));
    expect(model(8)).not.toBe(model(7));
  });

  it("gives the partial correlation that the patients themselves give", () => {
    const answered = answers.filter(({ answers: all }) => all.some(({ aggregate }) => aggregate.kind === "comparison"));
    expect(answered).toHaveLength(sites);
    const request = requestOf("comparison");
    let product = 0;
    let scores = 0;
    let errors = 0;
    for (const [s, data] of bySite.entries()) {
      const left = request.models[s]!;
      if (left.member.kind !== "neural-boltzmann") throw new Error("not networks");
      const { features } = left.member;
      const model = openNeuralBoltzmann(left.member);
      const own = subjectTable(data);
      const others = subjectTable({ ...pooled, patients: bySite.flatMap((d, k) => (k === s ? [] : d.patients)) });
      const score = (table: typeof own) => scoresOf(model, histories(table, features, pooled.covariates), table.count);
      const ancova = baselineAncova(pooled.covariates.filter(({ id }) => id === "region"));
      const beyond = scoreBeyond(score(own), score(others), ancova, others, own);
      const predicted = ancova.predict(others, own);
      for (let i = 0; i < own.count; i++) {
        const k = i * 3 + 1;
        const y = own.outcomes[k]!;
        if (Number.isNaN(y)) continue;
        product += beyond[k]! * (y - predicted[k]!);
        scores += beyond[k]! ** 2;
        errors += (y - predicted[k]!) ** 2;
      }
    }
    const { partialCorrelation } = state.model.evaluation.gain[1]!;
    expect(partialCorrelation.value).toBeCloseTo(product / Math.sqrt(scores * errors), 6);
  });

  it("states the loss against a training on the pooled patients, or that it is not known", () => {
    const plan = planFor(pooled, sites, { member });
    const done = combineAnswers(plan, answers, { acknowledgedLeakage: "drawn before the outcomes", pooled });
    if (done.status !== "done") throw new Error("not done");
    const loss = done.record.pooled!.loss!;
    expect(Math.abs(loss.federated - loss.pooled)).toBeLessThan(0.5);
    expect(loss.meanDifference).toBeLessThan(0.6);
    const said = (record: FederationRecord) => federationSentences("neural-boltzmann", record).join("\n");
    expect(said(done.record)).toMatch(/loss -?\d\.\d{3} nats/);
    expect(said(state.record)).toContain("the difference from a fit to the pooled patients is not known");
  });

  it("sends weights and sums only: no list in an answer is as long as a site, and no value of a patient is in it", () => {
    const values = new Set(
      pooled.patients.flatMap(({ outcomes, baseline }) => [
        ...outcomes.flat().flatMap((cell) => ("value" in cell ? [cell.value] : [])),
        ...baseline.filter((value): value is number => value !== null),
      ]),
    );
    const visit = (value: unknown): void => {
      if (typeof value === "number" && !Number.isInteger(value)) expect(values.has(value), `${value}`).toBe(false);
      else if (value !== null && typeof value === "object") Object.values(value).forEach(visit);
    };
    for (const answer of answers) visit(answer.answers);
  });
});

describe("federated averaging with noise", () => {
  const noise = {
    epsilon: 8,
    delta: 1e-5,
    endpointRanges: [{ endpointId: "score1", range: { minimum: -40, maximum: 80 } }],
    covariateRanges: [
      { covariateId: "x1", range: { minimum: -4, maximum: 4 } },
      { covariateId: "x2", range: { minimum: -4, maximum: 4 } },
    ],
  };
  const noisy = { member: { ...member, rounds: 2, networks: 1 }, noise, evaluation: "none" as const };

  it("makes all planned rounds, claims nothing and says what it cost", () => {
    const plan = planFor(pooled, sites, noisy);
    expect(plan.maximumRounds).toBe(3);
    const { state: done, answers: sent } = runFederation(plan, bySite);
    expect(done.record.noise).toMatchObject({ epsilon: 8, delta: 1e-5, releases: 3 });
    expect(done.record.averaging).toMatchObject({ kept: { gaussian: 2, hidden: 0 }, course: [] });
    for (const { decision } of done.model.evaluation.verdicts) expect(decision).toBe("do-not-use");
    for (const { answers: all } of sent)
      for (const { aggregate } of all) {
        if (aggregate.kind === "local-training") expect(aggregate.logDensity).toBeNull();
      }
    parseFrozenModel(JSON.parse(JSON.stringify(done.model)));
  });

  it("answers nothing that was not planned", () => {
    const plan = planFor(pooled, sites, noisy);
    const first = combineAnswers(plan, []);
    if (first.status !== "asking") throw new Error("no request");
    const sums = plan.sites.map((site, s) => answerRequest(first.request, site, bySite[s]!, createRng(s)));
    const second = combineAnswers(plan, sums);
    if (second.status !== "asking") throw new Error("no request");
    const { request } = second;
    const [query] = request.queries;
    if (query?.kind !== "local-training") throw new Error("no training asked");
    const ask = (change: Partial<typeof query>, round = request.round) =>
      answerRequest({ ...request, round, queries: [{ ...query, ...change }] }, "Aachen", bySite[0]!, createRng(1));
    for (const change of [
      { epochs: 40 },
      { round: 2 },
      { except: "Aachen" },
      { networks: [query.networks[0]!, query.networks[0]!] },
    ])
      expect(() => ask(change)).toThrow("the plan's ε and δ are spent");
    expect(() => ask({}, 3)).toThrow("the plan's ε and δ are spent");
    expect(() => planFor(pooled, sites, { ...noisy, member: { ...noisy.member, hiddenUnits: 2 } })).toThrow(
      "hiddenUnits 0",
    );
  });
});

/** The question of a kind that the coordinator asked on the way. */
function requestOf(kind: "comparison") {
  const plan = planFor(pooled, sites, { member });
  const before: FederationAnswer[] = [];
  for (let round = 1; ; round++) {
    const step = combineAnswers(plan, before, { acknowledgedLeakage: "drawn before the outcomes" });
    if (step.status !== "asking") throw new Error(`no ${kind} asked`);
    const query = step.request.queries.find((each) => each.kind === kind);
    if (query?.kind === "comparison") return query;
    before.push(...answers.filter((answer) => answer.round === round));
  }
}
