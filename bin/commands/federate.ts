import { randomInt } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { longDataSetSchema } from "../../lib/data/long-data-set.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import { answerRequest } from "../../lib/progression/federation/answer-request.ts";
import { combineAnswers, firstRequest } from "../../lib/progression/federation/combine-answers.ts";
import {
  federationPlanSchema,
  federationSpecSchema,
  planFederation,
} from "../../lib/progression/federation/federation-plan.ts";
import { federationReport, federationReportSchema } from "../../lib/progression/federation/federation-report.ts";
import { federationAnswerSchema, federationRequestSchema } from "../../lib/progression/federation/round-documents.ts";
import { modelCard, modelCardSchema } from "../../lib/progression/model-card.ts";
import { frozenModelSchema, trainingSpecSchema } from "../../lib/progression/model-document.ts";
import { type Command, type CommandCall, UsageError } from "../command.ts";
import { readDataSet } from "../data-input.ts";
import { readDocument, writeDocument, writeDocuments } from "../documents.ts";
import { reportDiagnostics } from "../progress.ts";

/** The seed of the noise when the site gives none: a secret number of 47 bits. */
const SECRET_SEEDS = 2 ** 47;

/** Fits a model to patients of several sites from sums that the sites exchange as files. */
export const federateCommand: Command = {
  name: "federate",
  summary: "fit a model to patients of several sites that exchange only sums: plan, site, combine",
  usage:
    "usage: understudy federate plan --spec SPEC.json --like DATA --out PLAN.json --request REQUEST-1.json\n" +
    "       understudy federate site --site NAME --request REQUEST.json --data DATA [--mapping MAPPING.json] [--noise-seed N] --out ANSWER.json\n" +
    "       understudy federate combine --plan PLAN.json --answers FOLDER --request NEXT-REQUEST.json --out MODEL.json [--report REPORT.json] [--card CARD.json] [--pooled DATA] [--acknowledge-leakage REASON]",
  takesArgument: true,
  options: [
    { name: "spec", kind: "value", argument: "FILE", help: "plan: choices of the federation" },
    {
      name: "like",
      kind: "value",
      argument: "FILE",
      help: "plan: data set whose endpoints, visits and covariates (not patients) are taken over",
    },
    { name: "site", kind: "value", argument: "NAME", help: "site: which site of the plan this is" },
    { name: "data", kind: "value", argument: "FILE", help: "site: the site's own data set; it stays here" },
    { name: "mapping", kind: "value", argument: "FILE", help: "site, plan: mapping, when the data are a source file" },
    {
      name: "noise-seed",
      kind: "value",
      argument: "N",
      help: "site: secret seed of the noise, where the plan adds any (default: drawn by the system)",
    },
    { name: "plan", kind: "value", argument: "FILE", help: "combine: the plan" },
    {
      name: "answers",
      kind: "value",
      argument: "FOLDER",
      help: "combine: folder with the answers of all rounds so far",
    },
    {
      name: "request",
      kind: "value",
      argument: "FILE",
      help: "plan, combine: where to write the request of the next round; site: the request to answer",
    },
    {
      name: "pooled",
      kind: "value",
      argument: "FILE",
      help: "combine: all patients in one data set, to check the fit",
    },
    {
      name: "acknowledge-leakage",
      kind: "value",
      argument: "REASON",
      help: "combine: why partial correlations above 0.6 are no leak (kept in the model); without it the federation stops",
    },
    {
      name: "report",
      kind: "value",
      argument: "FILE",
      help: "combine: where to write how the model came about (JSON)",
    },
    { name: "card", kind: "value", argument: "FILE", help: "combine: where to write the model card (JSON)" },
    {
      name: "out",
      kind: "value",
      argument: "FILE",
      help: "where to write the plan, the answer or the frozen model (default: standard output)",
    },
  ],
  documents: [
    { title: "spec", schema: federationSpecSchema },
    { title: "plan", schema: federationPlanSchema },
    { title: "request", schema: federationRequestSchema },
    { title: "answer", schema: federationAnswerSchema },
    { title: "report", schema: federationReportSchema },
    { title: "data", schema: longDataSetSchema },
    { title: "model", schema: frozenModelSchema },
    { title: "card", schema: modelCardSchema },
  ],
  async run(call) {
    const [step, ...rest] = call.positionals;
    if (rest.length > 0) throw new UsageError([`${rest[0]} is not expected. ${federateCommand.usage}`]);
    if (step === "plan") return writePlan(call);
    if (step === "site") return answerAtSite(call);
    if (step === "combine") return combine(call);
    throw new UsageError([
      `give plan, site or combine${step === undefined ? "" : `, not ${step}`}. ${federateCommand.usage}`,
    ]);
  },
};

function writePlan(call: CommandCall): void {
  const spec = readDocument(call.required("spec"), federationSpecSchema, "--spec");
  const plan = planFederation(spec, readDataSet(call.required("like"), call.value("mapping")));
  const request = call.required("request");
  writeDocuments([
    { path: call.value("out"), value: plan },
    { path: request, value: firstRequest(plan) },
  ]);
  say(`at most ${plan.maximumRounds} rounds; send ${request} to the sites ${plan.sites.join(", ")}`);
}

function answerAtSite(call: CommandCall): void {
  const request = readDocument(call.required("request"), federationRequestSchema, "--request");
  const site = call.required("site");
  const data = readDataSet(call.required("data"), call.value("mapping"));
  const seed = call.integer("noise-seed", randomInt(SECRET_SEEDS), 0, Number.MAX_SAFE_INTEGER);
  const answer = answerRequest(request, site, data, request.plan.noise === null ? null : createRng(seed));
  writeDocument(call.value("out"), answer);
  const left = answer.answers.flatMap(({ aggregate }) => (aggregate.kind === "patterns" ? [aggregate.leftOut] : []));
  for (const { values, patients } of left) {
    if (values > 0 || patients > 0)
      say(`at most ${values} values and ${patients} patients were left out: too few patients missed the same items`);
  }
  const weights = answer.answers.some(({ aggregate }) => aggregate.kind === "local-training");
  say(
    `round ${request.round}: ${weights ? "weights of networks trained on" : "sums over"} ${answer.patients} patients; no patient's record is in the answer`,
  );
}

function combine(call: CommandCall): void {
  const plan = readDocument(call.required("plan"), federationPlanSchema, "--plan");
  const folder = call.required("answers");
  const answers = answerFiles(folder).map((path) => readDocument(path, federationAnswerSchema, "--answers"));
  const pooledFile = call.value("pooled");
  const state = combineAnswers(plan, answers, {
    acknowledgedLeakage: acknowledgement(call),
    pooled: pooledFile === undefined ? undefined : readDataSet(pooledFile, undefined),
  });
  switch (state.status) {
    case "waiting":
      say(
        `round ${state.round} of at most ${plan.maximumRounds}: waiting for the answer of ${state.missing.join(", ")}`,
      );
      return;
    case "asking": {
      const path = call.required("request");
      writeDocument(path, state.request);
      say(
        `round ${state.request.round} of at most ${plan.maximumRounds}: send ${path} to the sites ${plan.sites.join(", ")}`,
      );
      return;
    }
    case "done": {
      const { model, record } = state;
      const report = federationReport(plan, model, record);
      const beside = [
        { path: call.value("report"), value: report },
        { path: call.value("card"), value: modelCard(model) },
      ].filter(({ path }) => path !== undefined);
      writeDocuments([...beside, { path: call.value("out"), value: model }]);
      reportDiagnostics(model.diagnostics);
      for (const sentence of report.sentences) say(sentence);
      return;
    }
    default:
      state satisfies never;
  }
}

function acknowledgement(call: CommandCall): string | undefined {
  const parsed = trainingSpecSchema.shape.acknowledgedLeakage.safeParse(call.value("acknowledge-leakage"));
  if (parsed.success) return parsed.data;
  throw new UsageError(parsed.error.issues.map(({ message }) => `--acknowledge-leakage ${message}`));
}

function answerFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    throw new UsageError([`--answers: cannot read the folder ${folder}; give the folder that holds the answers`]);
  }
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
