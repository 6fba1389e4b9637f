import type { MappingSpec } from "../../lib/data/mapping-spec.ts";
import type { QualityReport } from "../../lib/data/quality-document.ts";
import { type DossierRecord, dossierRecordSchema } from "../../lib/dossier/dossier-record.ts";
import { ENGINE_VERSION } from "../../lib/engine-version.ts";
import { sha256Hex } from "../../lib/numerics/sha256.ts";
import type { FrozenModel } from "../../lib/progression/model-document.ts";
import { sampleStudy } from "../../lib/samples/index.ts";
import type { SimulationResult } from "../../lib/simulation/simulation-document.ts";
import { defaultSizingSpec } from "../../lib/sizing/default-sizing-spec.ts";
import { sizeControlArm } from "../../lib/sizing/size-control-arm.ts";

/**
 * A full record with hand-made (invented) model and simulation numbers, for tests of layout and of the checks. Sizing is
 * computed; everything else only has to be consistent and varied (positive and negative gains, several looks).
 */
export function inventedRecord(sample: "pbc" | "alzheimer", change: Partial<DossierRecord> = {}): DossierRecord {
  const study = sampleStudy(sample);
  const model = inventedModel(sample);
  const sizing = sizeControlArm(defaultSizingSpec({ model, targetEffect: study.specification.targetEffect }));
  const patients = 104;
  const scores = Array.from({ length: patients }, (_, i) => ({
    patientId: String(201 + i),
    arm: study.specification.arms[i % 2]!.id,
    score: 0.6 + 0.9 * wave(i, 1) + 0.5 * wave(i, 2),
    outOfSupport: i % 19 === 0,
  }));
  return dossierRecordSchema.parse({
    format: "understudy-results/1",
    engineVersion: ENGINE_VERSION,
    runId: `run-${sha256Hex(sample).slice(0, 12)}`,
    version: 1,
    createdAtUtc: "2026-03-09T14:05:11Z",
    study: study.specification,
    datasets: study.datasets.map((dataset, index) => ({
      role: dataset.mapping.role,
      name: dataset.mapping.name,
      version: 1,
      fileName: dataset.fileName,
      fileBytes: 152_340 + index,
      fileHash: sha256Hex(`${sample}-file-${index}`),
      dataHash: index === 0 ? model.dataHash : sha256Hex(`${sample}-data-${index}`),
      mappingHash: sha256Hex(`${sample}-mapping-${index}`),
      mapping: dataset.mapping,
      importedAtUtc: `2026-03-0${index + 2}T09:30:00Z`,
      patients: index === 0 ? 200 : patients,
      sharedPatients: 0,
      quality: inventedQuality(dataset.mapping, index === 0 ? 200 : patients),
    })),
    model,
    twins: {
      hash: sha256Hex(`${sample}-twins`),
      patients,
      observedMinusTwin: study.specification.endpoints.flatMap((endpoint, e) =>
        study.specification.visits.flatMap((visit, v) =>
          study.specification.arms.map((arm, a) => ({
            endpointId: endpoint.id,
            visitId: visit.id,
            arm: arm.id,
            patients: 50 - 3 * v,
            difference: interval(0.04 * wave(e + v, a + 1), 0.12),
          })),
        ),
      ),
      outOfSupport: { patients: scores.filter((row) => row.outOfSupport).length, of: patients },
      scores,
    },
    sizing,
    simulation: inventedSimulation(sample, model.hash),
    timing: { planFrozenAtUtc: "2026-03-02T12:00:00Z", outcomesFirstAccessedAtUtc: "2026-03-03T08:00:00Z" },
    environment: {
      appVersion: "0.1.0",
      gitCommit: "0123456789abcdef0123456789abcdef01234567",
      lockHash: sha256Hex("lock"),
      node: "v22.23.3",
      operatingSystem: "Linux 6.1 x64",
    },
    members: [
      { name: "Ada Admin", role: "admin" },
      { name: "Sten Statistician", role: "statistician" },
      { name: "Rita Regulatory", role: "regulatory" },
      { name: "Sam Sponsor", role: "sponsor" },
    ],
    audit: inventedAudit(),
    attestations: [],
    changes: [{ version: 1, atUtc: "2026-03-09T14:05:11Z", what: "First version" }],
    reviewer: null,
    ...change,
  });
}

/** Smooth deterministic variety in (−1, 1). */
function wave(i: number, k: number): number {
  return Math.sin(12.9898 * (i + 1) * k + 4.1 * k);
}

function interval(value: number, half: number) {
  return { value, lower: value - half, upper: value + half, level: 0.95 };
}

function inventedModel(sample: "pbc" | "alzheimer"): FrozenModel {
  const study = sampleStudy(sample);
  const { endpoints, visits, primary } = study.specification;
  const covariates = study.datasets[0].mapping.covariates.map((covariate) =>
    covariate.type === "continuous"
      ? { id: covariate.id, label: covariate.label, type: "continuous" as const, unit: covariate.unit }
      : { id: covariate.id, label: covariate.label, type: "categorical" as const, levels: ["0", "1"] },
  );
  const features: FrozenModel["parameters"]["features"] = [
    ...endpoints.map((endpoint) => ({ kind: "baseline-endpoint" as const, endpointId: endpoint.id })),
    ...covariates.map((covariate) =>
      covariate.type === "continuous"
        ? { kind: "continuous-covariate" as const, covariateId: covariate.id }
        : { kind: "covariate-level" as const, covariateId: covariate.id, level: "1" },
    ),
  ];
  const D = features.length + endpoints.length * visits.length;
  const places = endpoints.flatMap((endpoint, e) =>
    visits.map((visit, v) => ({ endpointId: endpoint.id, visitId: visit.id, e, v })),
  );
  const good = (e: number) => (sample === "alzheimer" ? true : e === 2);
  const gain: FrozenModel["evaluation"]["gain"] = places.map(({ endpointId, visitId, e, v }) => {
    const value = good(e) ? 0.16 + 0.02 * v : -0.015 + 0.02 * v;
    const scale = sample === "alzheimer" ? 9 : e === 0 ? 1.1 : 0.42;
    const ancova = 0.42 - 0.05 * v;
    return {
      endpointId,
      visitId,
      patients: 182 - 14 * v,
      gain: interval(value, good(e) ? 0.09 : 0.07),
      partialCorrelation: interval(Math.sqrt(Math.max(0.001, value)), good(e) ? 0.12 : 0.2),
      allCovariateAncovaGain: interval(value - 0.02, 0.08),
      rmse: {
        twin: scale * 0.7 * Math.sqrt(1 - value),
        baselineAncova: scale * 0.7,
        allCovariateAncova: scale * 0.7 * Math.sqrt(1.02 - value),
        meanChange: scale * 0.78,
        lastValueCarriedForward: scale * 0.86,
      },
      variance: {
        standardDeviation: scale,
        rSquaredAncova: interval(ancova, 0.09),
        rSquaredWithScore: interval(ancova + (1 - ancova) * value, 0.1),
      },
      gainClaimed: good(e),
    };
  });
  const body: Omit<FrozenModel, "hash"> = {
    format: "understudy-model/1",
    engineVersion: ENGINE_VERSION,
    name: "Gaussian joint model",
    dataHash: sha256Hex(`${sample}-data-0`),
    training: study.training,
    endpoints: [...endpoints],
    visits: [...visits],
    covariates,
    parameters: {
      kind: "gaussian-joint",
      features,
      mean: Array.from({ length: D }, (_, i) => 2 * wave(i, 3)),
      covariance: Array.from({ length: D * D }, (_, i) => (Math.floor(i / D) === i % D ? 1 + 0.1 * (i % D) : 0.1)),
      priorWeight: 12.5,
      patients: 200,
      iterations: 84,
      converged: true,
      logLikelihood: -4321.987,
      featureRanges: features.map((_, i) => ({ minimum: -2 - i, maximum: 3 + i })),
      supportLimit: 23.3,
      outcomeCounts: places.map(({ v }) => 182 - 14 * v),
      predictionInflation: places.map(() => 1.04),
    },
    evaluation: {
      scheme: { folds: 10, repeats: 1, byPatient: true, seed: study.training.seed },
      gain,
      coverage: places.flatMap(({ endpointId, visitId, v }) =>
        [0.5, 0.8, 0.95].map((level, l) => {
          const patients = 182 - 14 * v;
          const covered = Math.round(patients * (level - 0.01 + 0.01 * l));
          return {
            endpointId,
            visitId,
            level,
            covered,
            patients,
            coverage: interval(covered / patients, 0.06 - 0.015 * l),
          };
        }),
      ),
      calibration: places.map(({ endpointId, visitId, e, v }) => ({
        endpointId,
        visitId,
        patients: 182 - 14 * v,
        slope: interval(0.97 + 0.02 * wave(e, v + 1), 0.12),
        intercept: interval(0.02 * wave(v, e + 1), 0.1),
        crps: 0.41 + 0.02 * v,
        pitMean: 0.503,
        pitKs: 0.051,
        pitHistogram: [19, 17, 18, 20, 16, 18, 19, 17, 20, 18].map(
          (count, i) => count - (v === 2 && i % 3 === 0 ? 2 : 0),
        ),
        groups: Array.from({ length: 10 }, (_, g) => ({
          predicted: -0.8 + 0.35 * g,
          observed: -0.78 + 0.35 * g + 0.08 * wave(g, e + 1),
          standardError: 0.12,
          patients: 17,
        })),
      })),
      subgroups: places
        .filter((place) => place.visitId === primary.visitId && place.endpointId === primary.endpointId)
        .flatMap(({ endpointId, visitId }) =>
          ["Sex: f", "Sex: m", "Age < median", "Age ≥ median", "Baseline < median", "Baseline ≥ median"].map(
            (subgroup, s) => ({
              endpointId,
              visitId,
              subgroup,
              patients: 70 + 3 * s,
              gain: interval(0.03 * wave(s, 1), 0.13),
              meanError: interval(0.02 * wave(s, 2), 0.1),
            }),
          ),
        ),
      leaveOneStudyOut:
        sample === "pbc"
          ? []
          : ["SIM-H1", "SIM-H2", "SIM-H3"].map((name, s) => ({
              ...primary,
              study: name,
              patients: 120 + 20 * s,
              gain: interval(0.14 - 0.02 * s, 0.09),
              meanError: interval(0.5 - 0.4 * s, 0.9),
            })),
      verdicts: places.map(({ endpointId, visitId, e }) => ({
        endpointId,
        visitId,
        decision: good(e) ? ("use" as const) : ("do-not-use" as const),
        sentence: good(e)
          ? "The twin predicts better than ordinary adjustment here."
          : "No gain over ordinary adjustment is shown here: plan without the twin.",
        reasons: ["interval of the gain against 0", "calibration slope"],
      })),
    },
    diagnostics: [],
  };
  return { ...body, hash: sha256Hex(JSON.stringify(body)) };
}

function inventedQuality(mapping: MappingSpec, patients: number): QualityReport {
  const arms = mapping.arm.kind === "pooled-control" ? [mapping.arm.arm] : mapping.arm.arms.map((entry) => entry.arm);
  return {
    format: "understudy-quality/1",
    sourceRows: 1945,
    rowsUsed: 1180,
    flow: [
      { step: "Rows of the file", patients: 312, rows: 1945, excluded: 0, reason: "" },
      {
        step: "Eligible",
        patients: patients + 4,
        rows: 1190,
        excluded: 108 - 4,
        reason: `not ${mapping.include ?? "eligible"}`,
      },
      { step: "Analysed", patients, rows: 1180, excluded: 4, reason: "no baseline and no planned visit" },
    ],
    arms: arms.map((arm, index) => ({
      armId: arm.id,
      label: arm.label,
      role: arm.role,
      patients: arms.length === 1 ? patients : index === 0 ? Math.floor(patients / 2) : Math.ceil(patients / 2),
    })),
    studies: [{ study: mapping.study.kind === "constant" ? mapping.study.value : "SIM-H1", patients }],
    endpoints: mapping.endpoints.map(({ endpoint }, e) => ({
      endpointId: endpoint.id,
      label: endpoint.label,
      unit: endpoint.unit,
      minimum: 0.3 + e,
      maximum: 4.1 + e,
      mean: 1.234 + e,
      standardDeviation: 0.98,
      outOfRange: e,
      outliers: 2,
      baselineMissing: e === 2 ? 3 : 0,
    })),
    missingness: mapping.endpoints.flatMap(({ endpoint }, e) =>
      mapping.visits.map((visit, v) => {
        const missing = 14 * (v + 1) + e;
        const after = Math.floor(missing / 2);
        return {
          endpointId: endpoint.id,
          visitId: visit.id,
          patients,
          observed: patients - missing,
          reasons: [
            { reason: "after-intercurrent-event" as const, count: after },
            { reason: "not-measured" as const, count: missing - after },
          ],
        };
      }),
    ),
    covariates: mapping.covariates.map((covariate, c) => ({
      covariateId: covariate.id,
      label: covariate.label,
      summary:
        covariate.type === "continuous"
          ? {
              type: "continuous" as const,
              unit: covariate.unit,
              mean: 50.12 + c,
              standardDeviation: 10.5,
              minimum: 26.3,
              maximum: 78.4,
              missing: c === 6 ? 5 : 0,
            }
          : {
              type: "categorical" as const,
              levels: [
                { level: "0", patients: patients - 24 },
                { level: "1", patients: 24 },
              ],
              missing: 0,
            },
    })),
    events: mapping.events.map((event, e) => ({ kind: event.kind, patients: 40 - 30 * e })),
    duplicates: 0,
    unscheduled: 64,
    problems: [],
    diagnostics: [],
  };
}

function inventedSimulation(sample: "pbc" | "alzheimer", modelHash: string): SimulationResult {
  const study = sampleStudy(sample).specification;
  const designs: SimulationResult["spec"]["designs"] = [
    {
      id: "fixed-ancova",
      name: "Fixed, ANCOVA",
      experimental: 106,
      control: 106,
      oneSidedAlpha: 0.025,
      analysis: "ancova",
      lookFractions: [1],
      efficacy: { kind: "fixed" },
      futility: { kind: "none" },
    },
    {
      id: "gs-score",
      name: "Two looks, ANCOVA + score",
      experimental: 106,
      control: 84,
      oneSidedAlpha: 0.025,
      analysis: "ancova-with-score",
      lookFractions: [0.5, 1],
      efficacy: { kind: "spending", spending: { family: "lan-demets-obrien-fleming" } },
      futility: {
        kind: "beta-spending",
        spending: { family: "hwang-shih-decani", gamma: -4 },
        power: 0.9,
        binding: false,
      },
    },
  ];
  const drift = { meanShift: 0, residualSdRatio: 1, scoreInformation: 1 };
  const scenario = (id: string, name: string, effect: number, more = {}) => ({
    id,
    name,
    effect,
    generator: { kind: "fitted-model" as const },
    accrualPerMonth: 12,
    dropoutProbability: 0.1,
    drift,
    ...more,
  });
  const scenarios: SimulationResult["spec"]["scenarios"] = [
    scenario("null", "No effect", 0),
    scenario("null-noise", "No effect, score is noise", 0, { drift: { ...drift, scoreInformation: 0 } }),
    scenario("planned", "Planned effect", study.targetEffect),
    scenario("half", "Half the effect", study.targetEffect / 2),
    scenario("noise", "Planned effect, score is noise", study.targetEffect, {
      drift: { ...drift, scoreInformation: 0 },
    }),
    scenario("drift", "Planned effect, drift", study.targetEffect, {
      drift: { meanShift: 0.2, residualSdRatio: 1.15, scoreInformation: 0.5 },
    }),
  ];
  const replicates = 10_000;
  const proportion = (value: number) => ({ value, mcse: Math.sqrt((value * (1 - value)) / replicates), limits: null });
  const mean = (value: number, mcse: number) => ({ value, mcse, limits: null });
  const cells = designs.flatMap((design, d) =>
    scenarios.map((row, s): SimulationResult["cells"][number] => {
      const isNull = row.effect === 0;
      const rejection = isNull
        ? 0.0248 + 0.0007 * d - 0.0004 * s
        : s === 3
          ? 0.41 - 0.01 * d
          : 0.905 - 0.02 * (s - 2) - 0.004 * d;
      const looks = design.lookFractions.map((fraction, k) => ({
        look: k + 1,
        informationFraction: fraction,
        cohort: Math.round(fraction * (design.experimental + design.control)),
        efficacyBound: design.lookFractions.length === 1 ? 1.959964 : k === 0 ? 2.962588 : 1.968596,
        futilityBound: design.lookFractions.length === 1 || k === 1 ? null : 0.4127,
        stopEfficacy: proportion(
          design.lookFractions.length === 1 ? rejection : k === 0 ? rejection * 0.3 : rejection * 0.7,
        ),
        stopFutility: proportion(design.lookFractions.length === 1 ? 0 : k === 0 ? (1 - rejection) * 0.5 : 0),
      }));
      const total = design.experimental + design.control;
      return {
        designId: design.id,
        scenarioId: row.id,
        replicates,
        failed: s === 5 ? 3 : 0,
        failureReasons: s === 5 ? [{ reason: "not-converged", count: 3 }] : [],
        rejection: proportion(rejection),
        isNull,
        looks,
        expectedPatients: mean(total * (d === 0 ? 1 : 0.86), d === 0 ? 0 : 0.31),
        patientsPercentiles: { median: total, p90: total },
        expectedMonths: mean(41.2 - 5 * d, 0.05),
        monthsPercentiles: { median: 41 - 5 * d, p90: 44 },
        bias: mean(0.001 * (s - 2), 0.0012),
        rootMeanSquaredError: mean(0.118, 0.0008),
        coverage: proportion(0.9493),
        analytic:
          d === 0 && s < 4 ? { rejection: rejection + 0.001, expectedPatients: total, note: "noncentral t" } : null,
        examples: [0, 1, 2].map((replicate) => ({
          replicate,
          title: ["stopped for efficacy", "stopped for futility", "went to the end"][replicate]!,
          looks: design.lookFractions.map((fraction, k) => ({
            look: k + 1,
            month: 20 + 15 * k,
            experimental: Math.round(design.experimental * fraction),
            control: Math.round(design.control * fraction),
            enrolled: Math.min(
              design.experimental + design.control,
              Math.round(1.2 * fraction * (design.experimental + design.control)),
            ),
            estimate: row.effect * (1 + 0.1 * replicate),
            standardError: 0.14,
            z: 1.2 + replicate,
            efficacyBound: k === 0 ? 2.96 : 1.97,
            futilityBound: k === 0 ? 0.41 : null,
            decision: k === design.lookFractions.length - 1 ? ("final-success" as const) : ("continue" as const),
          })),
        })),
      };
    }),
  );
  return {
    format: "understudy-simulation-result/1",
    engineVersion: ENGINE_VERSION,
    spec: {
      format: "understudy-simulation/1",
      designs,
      scenarios,
      replicates,
      seed: 4711,
      primary: study.primary,
      benefit: "lower-is-better",
    },
    modelHash,
    rngAlgorithm: "philox4x32-10",
    cells,
    pairedDifferences: scenarios.map((row) => ({
      scenarioId: row.id,
      designId: "gs-score",
      referenceDesignId: "fixed-ancova",
      replicates,
      rejectionDifference: { value: -0.004, mcse: 0.0021, limits: null },
    })),
    diagnostics: [],
  };
}

function inventedAudit(): DossierRecord["audit"] {
  const actions = [
    "study.create",
    "dataset.import",
    "plan.lock",
    "model.train",
    "twins.generate",
    "sizing.save",
    "simulation.run",
    "dossier.build",
  ];
  const events: DossierRecord["audit"]["events"] = [];
  let previousHash = "0".repeat(64);
  for (const [index, action] of actions.entries()) {
    const body = {
      sequence: index + 1,
      atUtc: `2026-03-0${1 + index}T10:00:00Z`,
      actor: "Sten Statistician",
      role: "statistician",
      action,
      subject: "study",
      change: `state: ${actions[index - 1] ?? "none"} → ${action}`,
      reason: "planned step",
      previousHash,
    };
    const hash = sha256Hex(JSON.stringify(body));
    events.push({ ...body, hash });
    previousHash = hash;
  }
  return { events, total: events.length, headSequence: events.length, headHash: previousHash };
}
