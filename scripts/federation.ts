// npm run evidence:federation [-- --only federations|pooled]: what a federation of three sites gives on PBC and PANSS, against a fit to the pooled patients.
// Writes docs/evidence/federation.md and federation.json; same seed, same bytes.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { LongDataSet } from "../lib/data/long-data-set.ts";
import { createRng } from "../lib/numerics/philox.ts";
import { answerRequest } from "../lib/progression/federation/answer-request.ts";
import { combineAnswers } from "../lib/progression/federation/combine-answers.ts";
import {
  type FederationSpec,
  federationSpecSchema,
  planFederation,
} from "../lib/progression/federation/federation-plan.ts";
import type { FederationRecord } from "../lib/progression/federation/federation-record.ts";
import {
  type FederationAnswer,
  federationAnswerSchema,
  federationRequestSchema,
} from "../lib/progression/federation/round-documents.ts";
import type { GainAtVisit } from "../lib/progression/model-document.ts";
import { trainProgressionModel } from "../lib/progression/train-progression-model.ts";
import { pbcPatients } from "./evidence/data-sets/pbc.ts";
import { federationDocument } from "./federation/federation-document.ts";
import { panssPatients, panssSites } from "./federation/panss.ts";
import { travelledPatients } from "./federation/travelled-patients.ts";

const FOLDER = resolve(import.meta.dirname, "..", "docs", "evidence");
const SITES = ["North", "Middle", "South"];
const SEED = 20270;
const PRIOR_WEIGHT = 20;

/** One federation, against the pooled patients. */
export interface FederationRun {
  readonly data: string;
  readonly title: string;
  readonly record: FederationRecord;
  /** Largest file that travelled, and all of them, as JSON. */
  readonly bytes: { readonly largest: number; readonly all: number };
  readonly gain: readonly GainAtVisit[];
  /** Largest difference from a fit to the values that travelled; null where weights were averaged. */
  readonly travelled: number | null;
}

/** The ordinary training of the pooled patients with the same member: five folds by patient. */
export interface PooledRun {
  readonly data: string;
  readonly member: string;
  readonly gain: readonly GainAtVisit[];
}

const studies = [
  {
    id: "pbc",
    title: "Primary biliary cholangitis, three sites by patient number",
    data: () => pbcPatients(null),
    siteOf: (patient: string) => Number(patient) % SITES.length,
    primary: { endpointId: "logProthrombinTime", visitId: "year2" },
  },
  {
    id: "panss",
    title: "Schizophrenia (PANSS), three sites by investigator",
    data: () => panssPatients(),
    siteOf: (patient: string) => panssSites(SITES.length)[Number(patient) - 1]!,
    primary: { endpointId: "change", visitId: "week8" },
  },
] as const;

const networks = { kind: "neural-boltzmann", priorWeight: PRIOR_WEIGHT, seed: SEED } as const;
const choices: readonly { readonly title: string; readonly spec: Partial<FederationSpec> | Record<string, unknown> }[] =
  [
    {
      title: "Gaussian joint model, cells of at least 11",
      spec: { member: { kind: "gaussian-joint", priorWeight: PRIOR_WEIGHT } },
    },
    {
      title: "Gaussian joint model, cells of at least 3",
      spec: { member: { kind: "gaussian-joint", priorWeight: PRIOR_WEIGHT }, smallCells: { minimum: 3 } },
    },
    {
      title: "Mixed-effects model, cells of at least 11",
      spec: {
        member: { kind: "mixed-effects", timeFunctions: 1, residual: "ornstein-uhlenbeck", priorWeight: PRIOR_WEIGHT },
      },
    },
    { title: "Neural Boltzmann machine, cells of at least 11", spec: { member: networks } },
    { title: "Neural Boltzmann machine, cells of at least 3", spec: { member: networks, smallCells: { minimum: 3 } } },
  ];

const { values: options } = parseArgs({ options: { only: { type: "string" } } });
const file = join(FOLDER, "federation.json");
const before: { runs: FederationRun[]; pooled: PooledRun[] } = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : { runs: [], pooled: [] };
const wanted = (part: "federations" | "pooled") => options.only === undefined || options.only === part;
const runs: FederationRun[] = wanted("federations") ? [] : before.runs;
const pooledRuns: PooledRun[] = wanted("pooled") ? [] : before.pooled;
for (const study of studies) {
  const data = study.data();
  if (data === null) {
    console.error(`SKIPPED: ${study.id} needs data that are not here`);
    continue;
  }
  const bySite = SITES.map((name, s) => ({
    ...data,
    name,
    patients: data.patients.filter(({ id }) => study.siteOf(id) === s),
  }));
  for (const { title, spec } of wanted("federations") ? choices : []) {
    const began = performance.now();
    runs.push({ data: study.title, title, ...federate(data, bySite, study.primary, spec) });
    console.error(`${study.id}: ${title}: ${Math.round((performance.now() - began) / 1000)} s`);
  }
  for (const member of wanted("pooled") ? (["gaussian-joint", "mixed-effects", "neural-boltzmann"] as const) : []) {
    const { evaluation } = trainProgressionModel({
      data,
      training: {
        format: "understudy-training/1",
        covariateIds: data.covariates.map(({ id }) => id),
        strata: [],
        primary: study.primary,
        folds: 5,
        repeats: 1,
        bootstrapReplicates: 1000,
        shrinkage: { kind: "fixed", priorWeight: PRIOR_WEIGHT },
        members: [member],
        curvature: "none",
        events: "ignore",
        acknowledgedLeakage: "all covariates were recorded before treatment",
        seed: SEED,
      },
      name: study.id,
      dataHash: study.id,
    });
    pooledRuns.push({ data: study.title, member, gain: evaluation.gain });
    console.error(`${study.id}: pooled ${member}`);
  }
}
writeFileSync(file, `${JSON.stringify({ runs, pooled: pooledRuns }, null, 2)}\n`);
writeFileSync(join(FOLDER, "federation.md"), federationDocument(runs, pooledRuns));

function federate(
  data: LongDataSet,
  bySite: readonly LongDataSet[],
  primary: FederationSpec["primary"],
  change: Record<string, unknown>,
): Omit<FederationRun, "data" | "title"> {
  const spec = federationSpecSchema.parse({
    format: "understudy-federation-spec/1",
    name: "federation",
    sites: SITES,
    covariateIds: data.covariates.map(({ id }) => id),
    strata: [],
    primary,
    ...change,
  });
  const plan = planFederation(spec, data);
  const answers: FederationAnswer[] = [];
  const hashes = new Map<string, string>();
  const combining = { hashes, acknowledgedLeakage: "all covariates were recorded before treatment", pooled: data };
  const bytes = { largest: 0, all: 0 };
  const travel = (value: unknown): unknown => {
    const text = JSON.stringify(value);
    bytes.largest = Math.max(bytes.largest, text.length);
    bytes.all += text.length;
    return JSON.parse(text);
  };
  for (;;) {
    const state = combineAnswers(plan, answers, combining);
    if (state.status === "done") {
      const { gain } = state.model.evaluation;
      if (plan.member.kind === "neural-boltzmann") return { record: state.record, bytes, gain, travelled: null };
      const again = combineAnswers(plan, answers, { ...combining, pooled: travelledPatients(plan, bySite) });
      if (again.status !== "done") throw new Error("not done");
      const differences = again.record.pooled!.differences.map(({ relative }) => relative ?? Number.NaN);
      return { record: state.record, bytes, gain, travelled: Math.max(...differences) };
    }
    if (state.status === "waiting") throw new Error(`waiting for ${state.missing.join(", ")}`);
    const request = federationRequestSchema.parse(travel(state.request));
    plan.sites.forEach((site, s) => {
      const answer = answerRequest(request, site, bySite[s]!, plan.noise === null ? null : createRng(SEED + s));
      answers.push(federationAnswerSchema.parse(travel(answer)));
    });
  }
}
