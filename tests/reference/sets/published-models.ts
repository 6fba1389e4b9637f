import { z } from "zod";
import { waldInference } from "../../../lib/analysis/analysis-result.ts";
import type { ReferenceCase, ReferenceColumns } from "../runner/reference-file.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";
import { ancovaSet } from "./ancova.ts";
import { binaryGcompSet } from "./binary-gcomp.ts";
import { lmmSet } from "./lmm.ts";
import { mmrmSet } from "./mmrm.ts";
import { computedBy, numberOf, type PublishedRow, publishedRows } from "./published-data.ts";
import { survivalSet } from "./survival.ts";

const numeric = (rows: readonly PublishedRow[], name: string) => rows.map((row) => numberOf(row[name]));
const text = (rows: readonly PublishedRow[], name: string) => rows.map((row) => row[name] ?? "");

const marginalSchema = z.object({
  marginal: z.array(
    z.object({
      method: z.string(),
      type: z.string(),
      contrast: z.string(),
      estimate: z.number(),
      se: z.number(),
      counterfactual_means: z.array(z.number()),
    }),
  ),
});

/** Difference of standardised risks from the logistic model y ~ trt + bl_cov of the simulated trial, Ge's variance. */
function riskDifference(type: string) {
  const rows = publishedRows("beeca/trial01.csv");
  const columns: ReferenceColumns = {
    y: numeric(rows, "aval"),
    trt: text(rows, "trtp"),
    bl_cov: numeric(rows, "bl_cov"),
  };
  const input = { formula: "y~trt+bl_cov", family: "binomial logit", trt: "trt (0/1)", reference: "0" };
  const { marginal } = marginalSchema.parse(computedBy(binaryGcompSet, input, columns));
  const found = marginal.find((row) => row.method === "Ge" && row.type === type && row.contrast === "diff");
  if (found === undefined) throw new Error(`no variance ${type}`);
  return found;
}

export function margins() {
  const { estimate, se } = riskDifference("model-based");
  const { interval, twoSidedPValue } = waldInference(estimate, se, null);
  return { diff: estimate, se, ci: [interval.lower, interval.upper], p: twoSidedPValue };
}

export function geMacro() {
  const { estimate, se, counterfactual_means } = riskDifference("model-based");
  return { diff: estimate, se, pt: counterfactual_means[1], pc: counterfactual_means[0] };
}

export function mayoModel() {
  const rows = publishedRows("pbcseq/pbc.csv").filter((row) => row.trt !== "" && row.trt !== "NA");
  const names = ["bili", "albumin", "age", "protime", "edema"];
  const columns: ReferenceColumns = {
    time: numeric(rows, "time"),
    status: rows.map((row) => Number(row.status === "2")),
    arm: text(rows, "trt"),
    ...Object.fromEntries(names.map((name) => [name, numeric(rows, name)])),
  };
  const formula = "Surv(time, status) ~ log(bili) + log(albumin) + age + log(protime) + edema";
  const { coef } = z
    .object({ coef: z.array(z.number()) })
    .parse(computedBy(survivalSet, { method: "Cox PH", formula, ties: "efron" }, columns));
  return { log_bili: coef[0], log_albumin: coef[1], age: coef[2], log_protime: coef[3], edema: coef[4] };
}

function logRank(rows: readonly PublishedRow[], arm: string, event: string) {
  return computedBy(
    survivalSet,
    { method: "logrank", rho: 0, strata: null },
    {
      time: numeric(rows, "time"),
      status: rows.map((row) => Number(row.status === event)),
      arm: text(rows, arm),
    },
  );
}

export function pbcLogRank() {
  return logRank(
    publishedRows("pbcseq/pbc.csv").filter((row) => row.trt !== "" && row.trt !== "NA"),
    "trt",
    "2",
  );
}

export function lungLogRank() {
  return logRank(publishedRows("survival_pkg/lung.csv"), "sex", "2");
}

export function sleepstudy() {
  const rows = publishedRows("misc/sleepstudy.csv");
  const columns: ReferenceColumns = {
    Reaction: numeric(rows, "Reaction"),
    Days: numeric(rows, "Days"),
    Subject: text(rows, "Subject"),
  };
  const fitted = (restricted: boolean) =>
    z
      .object({ criterion: z.number(), fixed: z.array(z.number()) })
      .parse(
        computedBy(
          lmmSet,
          { formula: "Reaction ~ Days + (Days | Subject)", group: "Subject", REML: restricted, factor_levels: {} },
          columns,
        ),
      );
  const reml = fitted(true);
  return { REML_criterion: reml.criterion, ML_deviance: fitted(false).criterion, fixef: reml.fixed };
}

/** Leprosy drug trial of Snedecor & Cochran (1967), as in the example of SAS PROC GLM: bacilli before and after. */
const DRUG_TRIAL = {
  A: [11, 6, 8, 0, 5, 2, 14, 8, 19, 11, 6, 4, 10, 13, 6, 1, 11, 8, 3, 0],
  D: [6, 0, 6, 2, 7, 3, 8, 1, 18, 18, 8, 4, 19, 14, 8, 9, 5, 1, 15, 9],
  F: [16, 13, 13, 10, 11, 18, 9, 5, 21, 23, 16, 12, 12, 5, 12, 16, 7, 1, 12, 20],
} as const;

export function drugTrial() {
  const rows = Object.entries(DRUG_TRIAL).flatMap(([drug, pairs]) =>
    Array.from({ length: pairs.length / 2 }, (_, i) => ({ drug, pre: pairs[2 * i]!, post: pairs[2 * i + 1]! })),
  );
  const columns: ReferenceColumns = {
    post: rows.map(({ post }) => post),
    pre: rows.map(({ pre }) => pre),
    arm: rows.map(({ drug }) => drug),
  };
  const fitted = (formula: string) =>
    z
      .object({
        sigma: z.number(),
        df: z.number(),
        r2: z.number(),
        anova_type3: z.object({ term: z.array(z.string()), SS: z.array(z.number()) }),
        lsmeans_equal: z.object({ estimate: z.array(z.number()) }),
      })
      .parse(computedBy(ancovaSet, { formula, factor_levels: { arm: ["A", "D", "F"] } }, columns));
  const both = fitted("post~arm+pre");
  const drugOnly = fitted("post~arm");
  const [a, d, f] = both.lsmeans_equal.estimate;
  const typeThree = (term: string) => both.anova_type3.SS[both.anova_type3.term.indexOf(term)]!;
  const residual = (of: typeof both) => of.sigma ** 2 * of.df;
  return {
    // Sequential: the drug first, then what the baseline adds.
    typeI_SS: {
      drug: (drugOnly.r2 * residual(drugOnly)) / (1 - drugOnly.r2),
      pre: residual(drugOnly) - residual(both),
    },
    typeIII_SS: { drug: typeThree("arm"), pre: typeThree("pre") },
    lsmeans: { A: a, D: d, F: f },
  };
}

/**
 * Weights of the weighted listing, one a row of the data set, in base 36: `set.seed(123); rpois(800, lambda = 5) + 1` of R, as
 * mmrm's tests draw them.
 */
const FEV_WEIGHTS = [
  "5859a36966a67639435a977c776654a9782674544555444658368364479573558688857771645653475835b9944757548366",
  "656a699654a53a746a6575545b434779776788b55524844347865435646465755674557487775696857466569955b7a65746",
  "4a6659554464473755895a7735667975634548486747575ba74465684569997a665526913487b6377454353437533978b338",
  "82877642665673588458854732f259757856777b536465b5474a647b7558449558425655866a845b6758694534b57834533c",
  "b496567357584654a5626765975548a65d46363456748774576543498744b56465475838577671474857a34758b3673c4378",
  "55535466a5638574683855526792c5a76827586583857a3885546966766239847758696965a7526698859457b663b3396592",
  "4745484855732c6897b39885355855786734a78568953773567966789365883743a47426355684667789a664642764564355",
  "842857654576776521d357796786825979458c51c43656837a5443666924646664457798784455784827864259a646853554",
].join("");

/** Models of the listings, from the programs published beside them. */
const FEV_LISTINGS: Readonly<Record<string, readonly [formula: string, covariance: string, options?: object]>> = {
  "sas_adh_reml.txt": ["FEV1 ~ 1", "adh"],
  "sas_ar1_reml.txt": ["FEV1 ~ 1", "ar1"],
  "sas_ar1h_reml.txt": ["FEV1 ~ 1", "ar1h"],
  "sas_cs_reml.txt": ["FEV1 ~ 1", "cs"],
  "sas_csh_reml.txt": ["FEV1 ~ 1", "csh"],
  "sas_toeph_reml.txt": ["FEV1 ~ 1", "toeph"],
  "sas_coef_ci_ml_ar1.txt": ["FEV1 ~ ARMCD + SEX", "ar1", { reml: false }],
  "sas_coef_ci_ml_un.txt": ["FEV1 ~ ARMCD + SEX", "us", { reml: false }],
  "sas_coef_ci_reml_ar1.txt": ["FEV1 ~ ARMCD + SEX", "ar1"],
  "sas_coef_ci_reml_un.txt": ["FEV1 ~ ARMCD + SEX", "us"],
  "sas_resid_un.txt": ["FEV1 ~ RACE + SEX + ARMCD * visit", "us"],
  "sas_resid_un_grp.txt": ["FEV1 ~ arm", "us", { grouped: true }],
  "sas_resid_un_weighted.txt": ["FEV1 ~ RACE + SEX + ARMCD * visit", "us", { weights: "fit_weight" }],
};

export function fevListings(item: ReferenceCase) {
  const rows = publishedRows("fev_data/fev_data.csv");
  const columns: ReferenceColumns = {
    id: text(rows, "USUBJID"),
    visit: text(rows, "AVISIT"),
    arm: text(rows, "ARMCD"),
    ARMCD: text(rows, "ARMCD"),
    RACE: text(rows, "RACE"),
    SEX: text(rows, "SEX"),
    FEV1: numeric(rows, "FEV1"),
    fit_weight: [...FEV_WEIGHTS].map((digit) => Number.parseInt(digit, 36)),
  };
  return Object.fromEntries(
    Object.keys(z.record(z.string(), z.number()).parse(item.values)).map((listing) => {
      const model = FEV_LISTINGS[listing];
      if (model === undefined) throw new UnknownCaseError(`the model of the listing ${listing}`);
      const [formula, covariance, options = {}] = model;
      const { minus2ll } = z
        .object({ minus2ll: z.number() })
        .parse(computedBy(mmrmSet, { formula, covariance, df_method: "Satterthwaite", ...options }, columns));
      return [listing, minus2ll];
    }),
  );
}
