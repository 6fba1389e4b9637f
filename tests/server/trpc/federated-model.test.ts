import { beforeAll, describe, expect, it } from "vitest";
import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { ENGINE_VERSION } from "../../../lib/engine-version.ts";
import { answerRequest } from "../../../lib/progression/federation/answer-request.ts";
import { combineAnswers } from "../../../lib/progression/federation/combine-answers.ts";
import { federationSpecSchema, planFederation } from "../../../lib/progression/federation/federation-plan.ts";
import { federationReport, reportHash } from "../../../lib/progression/federation/federation-report.ts";
import type { FederationAnswer } from "../../../lib/progression/federation/round-documents.ts";
import { freezeModel } from "../../../lib/progression/frozen-model.ts";
import type { TrainedModel } from "../../../lib/progression/model-document.ts";
import { sampleStudy } from "../../../lib/samples/index.ts";
import type { SignedIn } from "../../../server/auth/auth.ts";
import type { Database } from "../../../server/db/open-database.ts";
import { datasetInWorkspace } from "../../../server/services/dataset/access.ts";
import { getDossierFile } from "../../../server/services/dossier/get-dossier-file.ts";
import { readDocument } from "../../../server/services/stored-file.ts";
import { callerOf, contextOf, createMember, createWorkspace } from "../../support/actors.ts";
import { embeddedTestDatabase } from "../../support/database.ts";
import { beginStudy, completeStudy } from "../../support/finished-study.ts";

const PATIENCE = 600_000;
const SITES = ["North", "South"];

describe("a federated model in a study", () => {
  let database: Database;
  let statistician: SignedIn;
  let sponsor: SignedIn;
  let begun: Awaited<ReturnType<typeof beginStudy>>;
  let model: TrainedModel;
  let report: ReturnType<typeof federationReport>;
  const bringIn = (own: object, beside: object, actor = statistician) =>
    callerOf(database, actor).model.bringIn({
      studyId: begun.studyId,
      model: JSON.stringify(own),
      report: JSON.stringify(beside),
      reason: "sites may not share patients",
    });

  beforeAll(async () => {
    database = await embeddedTestDatabase();
    const workspaceId = await createWorkspace(database.db);
    statistician = await createMember(database.db, workspaceId, "statistician");
    sponsor = await createMember(database.db, workspaceId, "sponsor");
    begun = await beginStudy(database, statistician);
    const ctx = contextOf(database, statistician);
    const { dataFileId } = await datasetInWorkspace(ctx, begun.historyId);
    const data = await readDocument(ctx.db, workspaceId, dataFileId, longDataSetSchema);
    const { training } = sampleStudy("pbc");
    const spec = federationSpecSchema.parse({
      format: "understudy-federation-spec/1",
      name: "two sites",
      sites: SITES,
      covariateIds: training.covariateIds,
      strata: training.strata,
      primary: training.primary,
      member: { kind: "gaussian-joint", priorWeight: 20 },
      smallCells: { minimum: 3 },
      minimumSite: 20,
    });
    const plan = planFederation(spec, data);
    const bySite = SITES.map((_, s) => ({ ...data, patients: data.patients.filter((_, i) => i % 2 === s) }));
    const answers: FederationAnswer[] = [];
    for (;;) {
      const state = combineAnswers(plan, answers, { acknowledgedLeakage: "all recorded before randomisation" });
      if (state.status === "done") {
        model = state.model;
        report = federationReport(plan, state.model, state.record);
        return;
      }
      if (state.status !== "asking") throw new Error("an answer is missing");
      answers.push(...SITES.map((site, s) => answerRequest(state.request, site, bySite[s]!, null)));
    }
  }, PATIENCE);

  it("is refused when changed, older, of another federation, question or person", async () => {
    await expect(bringIn({ ...model, name: "other" }, report)).rejects.toThrow("model.hash");
    await expect(bringIn(model, { ...report, sentences: [] })).rejects.toThrow("report.hash");
    const resealed = (change: object) => {
      const content = { ...report, ...change };
      return { ...content, hash: reportHash(content) };
    };
    await expect(bringIn(model, resealed({ format: "understudy-federation-report/1" }))).rejects.toThrow(
      "another version of the program",
    );
    await expect(bringIn(model, resealed({ modelHash: "0".repeat(64) }))).rejects.toThrow("report.modelHash");
    await expect(bringIn(model, resealed({ plan: { ...report.plan, minimumSite: 21 } }))).rejects.toThrow(
      "report.plan must be that of the plan that the model names",
    );
    const remade = (change: Partial<TrainedModel>) => {
      const { hash: _, ...content } = { ...model, ...change };
      const frozen = freezeModel(content);
      return [frozen, resealed({ modelHash: frozen.hash, engineVersion: frozen.engineVersion })] as const;
    };
    await expect(bringIn(...remade({ engineVersion: "0.0.1" }))).rejects.toThrow(
      `must be that of this program, ${ENGINE_VERSION}`,
    );
    await expect(
      bringIn(...remade({ training: { ...model.training, primary: { endpointId: "albumin", visitId: "year1" } } })),
    ).rejects.toThrow("must be the study's primary endpoint and visit");
    await expect(bringIn(...remade({ evaluation: { ...model.evaluation, gain: [] } }))).rejects.toThrow(
      "comparison with ANCOVA of sites left out",
    );
    const { federation: _, ...alone } = model;
    const plain = freezeModel(alone);
    await expect(bringIn(plain, resealed({ modelHash: plain.hash }))).rejects.toThrow("not by a federation");
    await expect(bringIn(model, report, sponsor)).rejects.toThrow();
    expect(await callerOf(database, statistician).model.list({ studyId: begun.studyId })).toEqual([]);
  });

  it(
    "becomes the study's frozen model, and twins, sizing, simulation and dossier follow from it",
    async () => {
      const { modelId } = await bringIn(model, report);
      const call = callerOf(database, statistician);
      const detail = await call.model.get({ modelId });
      expect(detail).toMatchObject({
        status: "done",
        current: true,
        outOfDate: null,
        hash: model.hash,
        hasHeldOut: false,
      });
      const ids = await completeStudy(database, statistician, begun, modelId);
      const ctx = contextOf(database, statistician);
      const { bytes } = await getDossierFile(ctx, ids.dossierId, "results.json");
      const results = JSON.parse(Buffer.from(bytes).toString("utf8"));
      expect(results.model.federation.sites.map(({ site }: { site: string }) => site)).toEqual(SITES);
      const detailed = await call.dossier.get({ dossierId: ids.dossierId });
      expect(detailed.contents.map(({ title }) => title).join("\n")).toContain("Federation");
      const events = await call.audit.list({ studyId: begun.studyId });
      expect(JSON.stringify(events)).toContain("model.bring-in");
    },
    PATIENCE,
  );
});
