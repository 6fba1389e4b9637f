import { gunzipSync, gzipSync } from "node:zlib";
import { desc, eq } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { auditEvent, dossier } from "../../../drizzle/schema/index.ts";
import { calculationMethods } from "../../../lib/calculation/calculation-methods.ts";
import { readTable } from "../../../lib/data/read-table.ts";
import { sampleStudy } from "../../../lib/samples/index.ts";
import type { SignedIn } from "../../../server/auth/auth.ts";
import { getAnalysisData } from "../../../server/services/analysis/get-analysis-data.ts";
import { getDossierFile } from "../../../server/services/dossier/get-dossier-file.ts";
import { ServiceError } from "../../../server/services/errors.ts";
import { getHeldOut } from "../../../server/services/model/get-held-out.ts";
import { readStoredFile, storeFile } from "../../../server/services/stored-file.ts";
import { exportTwins } from "../../../server/services/twins/export-twins.ts";
import { callerOf, contextOf, createMember, createWorkspace, testPassword } from "../../support/actors.ts";
import { describeOnBothDatabases } from "../../support/database.ts";
import { type FinishedStudy, finishStudy, workOffJobs } from "../../support/finished-study.ts";

/** Building a dossier is the slowest step; the machine may be busy with other tests. */
const PATIENCE = 600_000;

describeOnBothDatabases("a study from its files to its dossier", (database) => {
  let statistician: SignedIn;
  let regulatory: SignedIn;
  let sponsor: SignedIn;
  let stranger: SignedIn;
  let ids: FinishedStudy;
  const as = (actor: SignedIn) => callerOf(database(), actor);
  const lastEvent = async () => {
    const rows = await database()
      .db.select()
      .from(auditEvent)
      .where(eq(auditEvent.chainId, ids.studyId))
      .orderBy(desc(auditEvent.sequence))
      .limit(1);
    return rows[0];
  };

  beforeAll(async () => {
    const { db } = database();
    const workspaceId = await createWorkspace(db);
    statistician = await createMember(db, workspaceId, "statistician");
    regulatory = await createMember(db, workspaceId, "regulatory");
    sponsor = await createMember(db, workspaceId, "sponsor");
    stranger = await createMember(db, await createWorkspace(db, "Another workspace"), "admin");
    ids = await finishStudy(database(), statistician);
  }, PATIENCE);

  it("shows the answer, every step done and what to do next", async () => {
    const overview = await as(sponsor).study.get({ studyId: ids.studyId });
    expect(overview.steps.map(({ key, state }) => `${key} ${state}`)).toEqual([
      "data done",
      "model done",
      "twins done",
      "sizing done",
      "designs done",
      "simulations done",
      "analysis done",
      "dossier draft",
      "audit done",
    ]);
    expect(overview.answer).not.toBe("");
    expect(overview.next.label).toBe("Answer the open points, then lock the dossier");
    expect((await as(sponsor).study.list())[0]).toMatchObject({
      id: ids.studyId,
      dossierState: "draft",
      state: "plan-frozen",
    });
  });

  it("froze its plan before the outcomes were first seen, and has one whole chain of events", async () => {
    const page = await as(sponsor).audit.list({ studyId: ids.studyId, limit: 200 });
    const order = page.events.map((event) => event.action).reverse();
    expect(order.indexOf("study.freeze-plan")).toBeLessThan(order.indexOf("study.see-outcomes"));
    expect(page.events.at(-1)).toMatchObject({ sequence: 1, action: "study.create" });
    expect(page.total).toBe(page.events.length);
    expect(await as(sponsor).audit.verify()).toMatchObject({ ok: true });
    const found = await as(sponsor).audit.list({ studyId: ids.studyId, filter: { text: "dossier version 1" } });
    expect(found.events.every((event) => event.subject.includes("dossier version 1"))).toBe(true);
  });

  it("has planned analyses with results on the trial's data, whose programs' data can be had", async () => {
    const analyses = await as(sponsor).analysis.get({ studyId: ids.studyId });
    expect(analyses.outOfDate).toBeNull();
    expect(analyses.vocabulary).toMatchObject({ hasTwins: true, eventKinds: ["death", "transplant"] });
    expect(analyses.results?.analyses.map(({ planned, outcome }) => `${planned.id} ${outcome.kind}`)).toEqual([
      "primary-procova report",
      "ancova report",
      "mmrm report",
    ]);
    const csv = await getAnalysisData(contextOf(database(), sponsor), ids.studyId, "ancova");
    expect(csv.split("\n")[0]).toMatch(/^"?patient"?,"?arm"?/);
    await expect(getAnalysisData(contextOf(database(), stranger), ids.studyId, "ancova")).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
    const [saved] = await as(sponsor).calculation.list({ studyId: ids.studyId });
    expect(saved).toMatchObject({ name: "Two means", spec: { method: "two-means" } });
    expect(await as(sponsor).calculation.compute(saved!.spec)).toEqual(saved!.report);
    await expect(as(regulatory).analysis.run({ studyId: ids.studyId })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  it("keeps what its model predicted out of fold, for the programs that give the gain again", async () => {
    expect(await as(sponsor).model.get({ modelId: ids.modelId })).toMatchObject({ hasHeldOut: true });
    const csv = await getHeldOut(contextOf(database(), sponsor), ids.modelId);
    const [header = "", ...lines] = csv.trimEnd().split("\n");
    expect(header.replaceAll('"', "")).toMatch(/^study,patient,endpoint,visit,baseline,observed,twin,/);
    // 200 patients, 3 endpoints, 3 visits.
    expect(lines).toHaveLength(1800);
    await expect(getHeldOut(contextOf(database(), stranger), ids.modelId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("shows data sets with their report and trajectories, and twins with their nearest patients", async () => {
    const data = await as(sponsor).dataset.get({ datasetId: ids.historyId });
    expect(data).toMatchObject({ version: 1, current: true, patients: 200 });
    expect(data.trajectories[0]?.lines.length).toBeLessThanOrEqual(40);
    const twins = await as(sponsor).twins.get({ studyId: ids.studyId });
    expect(twins?.document?.scores.history).toHaveLength(200);
    const patient = await as(sponsor).twins.patient({ twinSetId: ids.twinSetId, patientId: ids.patientId });
    expect(patient.twin.patientId).toBe(ids.patientId);
    expect(patient.nearestCourses.some(({ courses }) => courses.some(({ points }) => points.length > 0))).toBe(true);
    const forecast = { twinSetId: ids.twinSetId, patientId: ids.patientId, throughVisit: "month6" };
    const visits = twins?.document?.visitIds ?? [];
    const updated = await as(sponsor).twins.updatedForecast({ ...forecast, throughVisit: visits[0] ?? "" });
    expect(updated.label).toBe("updated forecast");
    const { steps } = await as(sponsor).twins.forecastSteps(forecast);
    expect(steps[0]).toMatchObject({ visitId: null, mean: patient.twin.prognosticScore });
  });

  it("hands out twins as data to the workspace only, one row per patient, endpoint and visit", async () => {
    const request = { twinSetId: ids.twinSetId, options: { draws: 2, seed: 1 } };
    const twins = await as(sponsor).twins.get({ studyId: ids.studyId });
    const patients = twins?.document?.rows.length ?? 0;
    const places = (twins?.document?.endpointIds.length ?? 0) * (twins?.document?.visitIds.length ?? 0);
    for (const [file, rows] of [
      ["adtwin.csv", patients * places],
      ["adtwind.xpt", 2 * patients * places],
      ["adtwinc.json", (patients * places * (places + 1)) / 2],
    ] as const) {
      const made = await exportTwins(contextOf(database(), sponsor), { ...request, file });
      const read = readTable(made.bytes, made.name);
      expect(read.ok && read.table.rowCount, file).toBe(rows);
      await expect(exportTwins(contextOf(database(), stranger), { ...request, file })).rejects.toMatchObject({
        code: "NOT_FOUND",
      });
    }
    await expect(
      exportTwins(contextOf(database(), sponsor), { ...request, file: "../secret.csv" }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("says what is out of date once something changes", async () => {
    const [design] = await as(sponsor).design.list({ studyId: ids.studyId });
    if (design === undefined) throw new Error("no design");
    const changed = { ...design, control: design.control + 1 };
    await as(sponsor).design.save({ studyId: ids.studyId, design: changed });
    expect(await lastEvent()).toMatchObject({ action: "design.save" });
    const [run] = await as(sponsor).simulation.list({ studyId: ids.studyId });
    expect(run?.outOfDate).toBe(`The design "${design.name}" was changed.`);
    const { warnings } = await as(sponsor).study.get({ studyId: ids.studyId });
    expect(warnings.find(({ code }) => code === "simulations-out-of-date")).toMatchObject({
      object: expect.stringMatching(/^Simulation of \d{4}-\d\d-\d\d \d\d:\d\d UTC$/),
      href: `/studies/${ids.studyId}/simulations`,
      message: run?.outOfDate,
    });
    expect(warnings.filter(({ object }) => object === "")).toEqual([]);
    await expect(as(statistician).dossier.build({ studyId: ids.studyId, reason: "too early" })).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringContaining("must not mix them"),
    });
    await as(sponsor).design.save({ studyId: ids.studyId, design });
    expect((await as(sponsor).simulation.list({ studyId: ids.studyId }))[0]?.outOfDate).toBeNull();
  });

  it("keeps its frozen plan", async () => {
    const { specification } = await as(statistician).study.get({ studyId: ids.studyId });
    const change = {
      studyId: ids.studyId,
      specification: { ...specification, title: "Another" },
      reason: "second thoughts",
    };
    await expect(as(statistician).study.updateSpecification(change)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("imports an upload once, and nothing of one that has a fault", async () => {
    const [, enrolled] = sampleStudy("pbc").datasets;
    const before = await as(statistician).dataset.list({ studyId: ids.studyId });
    const wrong = { ...enrolled.mapping, patient: { column: "no_such_column" } };
    const preview = await as(statistician).dataset.preview({ uploadId: ids.uploadId, mapping: wrong });
    expect(preview).toMatchObject({ ok: false });
    await expect(
      as(statistician).dataset.confirm({ uploadId: ids.uploadId, mapping: wrong, reason: "in spite of it" }),
    ).rejects.toMatchObject({ code: "BAD_REQUEST", message: expect.stringContaining("no_such_column") });
    expect(await as(statistician).dataset.list({ studyId: ids.studyId })).toEqual(before);
    expect(await as(statistician).dataset.preview({ uploadId: ids.uploadId, mapping: enrolled.mapping })).toMatchObject(
      {
        ok: true,
        patients: 112,
      },
    );
  });

  describe("its dossier", () => {
    it("is answered point by point by the role that the point names", async () => {
      const { checklist } = await as(regulatory).dossier.get({ dossierId: ids.dossierId });
      const point = checklist.find(
        ({ kind, status, role }) => kind === "human" && status === "open" && role === "regulatory",
      );
      if (point === undefined) throw new Error("no open point for the regulatory role");
      const answer = { dossierId: ids.dossierId, pointId: point.id, statement: "checked against the protocol" };
      await expect(as(statistician).dossier.attest(answer)).rejects.toMatchObject({ code: "FORBIDDEN" });
      await as(regulatory).dossier.attest(answer);
      const after = await as(regulatory).dossier.get({ dossierId: ids.dossierId });
      expect(after.checklist.find(({ id }) => id === point.id)).toMatchObject({ status: "pass" });
      expect(await lastEvent()).toMatchObject({ action: "checklist.attest" });
    });

    it(
      "is locked by a job, and stands still from the moment that it was asked for",
      async () => {
        const { dossierId, studyId } = ids;
        const password = testPassword;
        const draft = await as(regulatory).dossier.get({ dossierId });
        await expect(
          as(regulatory).dossier.lock({ dossierId, reason: "too early", password: "guess" }),
        ).rejects.toMatchObject({ code: "BAD_REQUEST", message: "The password is not right." });
        const first = await as(regulatory).dossier.lock({ dossierId, reason: "too early", password });
        await as(sponsor).job.cancel(first);
        expect(await as(regulatory).dossier.get({ dossierId })).toMatchObject({
          state: "draft",
          request: { act: "lock", status: "cancelled", by: regulatory.name },
        });
        const { jobId } = await as(regulatory).dossier.lock({ dossierId, reason: "complete", password });
        const point = draft.checklist.find(({ role, status }) => role === "statistician" && status === "open");
        const answer = { dossierId, pointId: point!.id, statement: "after the decision" };
        const refused = { code: "CONFLICT", message: expect.stringContaining("being locked at this moment") };
        await expect(as(statistician).dossier.attest(answer)).rejects.toMatchObject(refused);
        await expect(as(statistician).dossier.lock({ dossierId, reason: "me too", password })).rejects.toMatchObject(
          refused,
        );
        expect(await as(regulatory).dossier.get({ dossierId })).toMatchObject({
          state: "draft",
          recordHash: draft.recordHash,
          request: { jobId, status: "queued" },
        });
        await workOffJobs(database(), statistician, studyId);
        expect(await as(regulatory).dossier.get({ dossierId })).toMatchObject({ state: "locked", request: null });
        expect(await lastEvent()).toMatchObject({ action: "dossier.lock", reason: "complete" });
      },
      PATIENCE,
    );

    it(
      "is signed only with the password, once, at the moment of the password, and what is signed is its record",
      async () => {
        const { dossierId, studyId } = ids;
        const sign = { dossierId, password: testPassword, meaning: "approval" } as const;
        const locked = await as(regulatory).dossier.get({ dossierId });
        await expect(as(regulatory).dossier.sign({ ...sign, password: "guess" })).rejects.toMatchObject({
          code: "BAD_REQUEST",
          message: "The password is not right.",
        });
        const before = Date.now();
        const { jobId } = await as(regulatory).dossier.sign(sign);
        const asked = Date.now();
        await expect(as(regulatory).dossier.sign(sign)).rejects.toMatchObject({
          code: "CONFLICT",
          message: expect.stringContaining("being signed at this moment"),
        });
        await expect(as(sponsor).job.cancel({ jobId })).rejects.toMatchObject({ code: "FORBIDDEN" });
        expect(await as(sponsor).job.get({ jobId })).toMatchObject({ kind: "sign-dossier", cancellable: false });
        expect((await as(regulatory).dossier.get({ dossierId })).signatures).toEqual([]);
        await workOffJobs(database(), statistician, studyId);
        const signed = await as(regulatory).dossier.get({ dossierId });
        expect(signed).toMatchObject({ state: "signed", request: null, recordHash: locked.recordHash });
        expect(signed.pdfHash).not.toBe(locked.pdfHash);
        expect(signed.attestations).toHaveLength(1);
        expect(signed.signatures).toMatchObject([
          { printedName: regulatory.name, role: "regulatory", meaning: "approval", recordHash: locked.recordHash },
        ]);
        const at = Date.parse(signed.signatures[0]!.atUtc);
        expect(at).toBeGreaterThanOrEqual(before);
        expect(at).toBeLessThanOrEqual(asked);
        await expect(as(regulatory).dossier.sign(sign)).rejects.toMatchObject({ code: "CONFLICT" });
        await expect(
          as(regulatory).dossier.lock({ dossierId, reason: "once more", password: testPassword }),
        ).rejects.toMatchObject({
          code: "CONFLICT",
        });
        expect((await as(sponsor).audit.verify()).ok).toBe(true);
      },
      PATIENCE,
    );

    it(
      "keeps nothing of a signature that could not be printed, and takes the next",
      async () => {
        const { dossierId, studyId } = ids;
        const sign = { dossierId, password: testPassword, meaning: "review" } as const;
        const before = await as(sponsor).dossier.get({ dossierId });
        const { jobId } = await as(sponsor).dossier.sign(sign);
        const reason = "The paper has run out.";
        await workOffJobs(database(), statistician, studyId, {
          "sign-dossier": async () => {
            throw new ServiceError("CONFLICT", reason);
          },
        });
        expect(await as(sponsor).dossier.get({ dossierId })).toMatchObject({
          pdfHash: before.pdfHash,
          signatures: before.signatures,
          request: { act: "sign", jobId, status: "failed", error: reason, by: sponsor.name },
        });
        const { db } = database();
        const [row] = await db.select().from(dossier).where(eq(dossier.id, dossierId));
        const stored = gunzipSync(await readStoredFile(db, sponsor.workspaceId, row!.recordFileId!)).toString();
        const altered = gzipSync(stored.replace(/"total":\d/, '"total":9'));
        const recordFileId = await storeFile(db, sponsor.workspaceId, altered, new Date());
        await db.update(dossier).set({ recordFileId }).where(eq(dossier.id, dossierId));
        await as(sponsor).dossier.sign(sign);
        await workOffJobs(database(), statistician, studyId);
        expect(await as(sponsor).dossier.get({ dossierId })).toMatchObject({
          signatures: before.signatures,
          request: { status: "failed", error: expect.stringContaining("It was altered, so it cannot be signed") },
        });
        await db.update(dossier).set({ recordFileId: row!.recordFileId }).where(eq(dossier.id, dossierId));
        // Another person of the same name and role may sign with the same meaning.
        const namesake = await createMember(db, regulatory.workspaceId, "regulatory");
        expect(namesake.name).toBe(regulatory.name);
        await as(namesake).dossier.sign({ ...sign, meaning: "approval" });
        await workOffJobs(database(), statistician, studyId);
        const after = await as(sponsor).dossier.get({ dossierId });
        expect(after.request).toBeNull();
        expect(after.signatures.map(({ role, meaning }) => `${role} ${meaning}`)).toEqual([
          "regulatory approval",
          "regulatory approval",
        ]);
      },
      PATIENCE,
    );

    it("can be downloaded file by file and as a folder", async () => {
      const ctx = contextOf(database(), sponsor);
      const pdf = await getDossierFile(ctx, ids.dossierId, "understudy-dossier.pdf");
      expect(new TextDecoder().decode(pdf.bytes.subarray(0, 5))).toBe("%PDF-");
      const folder = await getDossierFile(ctx, ids.dossierId, "folder.zip");
      expect([...folder.bytes.subarray(0, 4)]).toEqual([0x50, 0x4b, 3, 4]);
      await expect(getDossierFile(ctx, ids.dossierId, "../secret")).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(
        getDossierFile(contextOf(database(), stranger), ids.dossierId, "results.json"),
      ).rejects.toMatchObject({
        code: "NOT_FOUND",
      });
    });
  });

  describe("to another workspace", () => {
    /** Every procedure that takes an id, with input that is right for the study's own members. */
    const calls = (): Record<string, (call: ReturnType<typeof as>) => Promise<unknown>> => {
      const { studyId, dossierId, modelId, twinSetId, runId, jobId, uploadId, patientId } = ids;
      const sample = sampleStudy("pbc");
      const [, enrolled] = sample.datasets;
      const upload = { uploadId, mapping: enrolled.mapping };
      const reason = "curiosity";
      const design = {
        id: "x",
        name: "x",
        experimental: 9,
        control: 9,
        oneSidedAlpha: 0.025,
        analysis: "ancova",
      } as const;
      const plan = { lookFractions: [1], efficacy: { kind: "fixed" }, futility: { kind: "none" } } as const;
      const drift = { meanShift: 0, residualSdRatio: 1, scoreInformation: 1 };
      const nature = { generator: { kind: "fitted-model" }, accrualPerMonth: 5, dropoutProbability: 0, drift } as const;
      const fixed = { ...design, ...plan, lookFractions: [1] };
      const scenario = { id: "x", name: "x", effect: 0, ...nature };
      return {
        "members.setRole": (call) => call.members.setRole({ userId: sponsor.userId, role: "admin" }),
        "members.revokeSessions": (call) => call.members.revokeSessions({ userId: sponsor.userId }),
        "members.resetPassword": (call) => call.members.resetPassword({ userId: sponsor.userId }),
        "study.get": (call) => call.study.get({ studyId }),
        "study.updateSpecification": (call) =>
          call.study.updateSpecification({ studyId, specification: sample.specification, reason }),
        "study.lockPlan": (call) => call.study.lockPlan({ studyId, reason }),
        "dataset.list": (call) => call.dataset.list({ studyId }),
        "dataset.get": (call) => call.dataset.get({ datasetId: ids.historyId }),
        "dataset.preview": (call) => call.dataset.preview(upload),
        "dataset.confirm": (call) => call.dataset.confirm({ ...upload, reason }),
        "model.list": (call) => call.model.list({ studyId }),
        "model.get": (call) => call.model.get({ modelId }),
        "model.defaults": (call) => call.model.defaults({ studyId }),
        "model.train": (call) => call.model.train({ studyId, training: sample.training }),
        "model.bringIn": (call) => call.model.bringIn({ studyId, model: "{}", report: "{}", reason: "curiosity" }),
        "twins.generate": (call) => call.twins.generate({ studyId, modelId, datasetId: ids.enrolledId }),
        "twins.get": (call) => call.twins.get({ studyId }),
        "twins.patient": (call) => call.twins.patient({ twinSetId, patientId }),
        "twins.forecastSteps": (call) => call.twins.forecastSteps({ twinSetId, patientId }),
        "twins.updatedForecast": (call) => call.twins.updatedForecast({ twinSetId, patientId, throughVisit: "year1" }),
        "sizing.defaults": (call) => call.sizing.defaults({ studyId }),
        "sizing.save": async (call) =>
          call.sizing.save({ studyId, name: "x", spec: await as(sponsor).sizing.defaults({ studyId }) }),
        "sizing.list": (call) => call.sizing.list({ studyId }),
        "design.list": (call) => call.design.list({ studyId }),
        "design.save": (call) => call.design.save({ studyId, design: fixed }),
        "design.remove": (call) => call.design.remove({ studyId, designId: "fixed-ancova" }),
        "scenario.list": (call) => call.scenario.list({ studyId }),
        "scenario.save": (call) => call.scenario.save({ studyId, scenario }),
        "scenario.remove": (call) => call.scenario.remove({ studyId, scenarioId: "null" }),
        "simulation.submit": async (call) =>
          call.simulation.submit({ studyId, spec: (await as(sponsor).simulation.get({ runId })).spec }),
        "simulation.list": (call) => call.simulation.list({ studyId }),
        "simulation.get": (call) => call.simulation.get({ runId }),
        "analysis.get": (call) => call.analysis.get({ studyId }),
        "analysis.save": (call) => call.analysis.save({ studyId, planned: sample.analyses[0]! }),
        "analysis.remove": (call) => call.analysis.remove({ studyId, id: "ancova", reason }),
        "analysis.run": (call) => call.analysis.run({ studyId }),
        "calculation.save": (call) =>
          call.calculation.save({ studyId, name: "x", spec: calculationMethods[0]!.example }),
        "calculation.list": (call) => call.calculation.list({ studyId }),
        "calculation.remove": (call) => call.calculation.remove({ studyId, id: modelId }),
        "dossier.list": (call) => call.dossier.list({ studyId }),
        "dossier.get": (call) => call.dossier.get({ dossierId }),
        "dossier.build": (call) => call.dossier.build({ studyId, reason }),
        "dossier.attest": (call) => call.dossier.attest({ dossierId, pointId: "A2", statement: "looks good" }),
        "dossier.lock": (call) => call.dossier.lock({ dossierId, reason, password: testPassword }),
        "dossier.sign": (call) => call.dossier.sign({ dossierId, password: testPassword, meaning: "approval" }),
        "audit.list": (call) => call.audit.list({ studyId }),
        "job.list": (call) => call.job.list({ studyId }),
        "job.get": (call) => call.job.get({ jobId }),
        "job.cancel": (call) => call.job.cancel({ jobId }),
      };
    };

    it("does not exist, whatever is asked of it", async () => {
      for (const [name, ask] of Object.entries(calls())) {
        const answer = await ask(as(stranger)).then(
          () => "an answer",
          (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
        );
        expect(`${name}: ${String(answer)}`).toBe(`${name}: NOT_FOUND`);
      }
    });

    it("is not in its lists, and its members are not", async () => {
      expect(await as(stranger).study.list()).toEqual([]);
      expect((await as(stranger).members.list()).map((member) => member.userId)).toEqual([stranger.userId]);
      expect((await as(stranger).audit.list({})).events).toEqual([]);
    });

    it("the list of procedures above is complete", async () => {
      const { appRouter } = await import("../../../server/trpc/root.ts");
      const withoutId = [
        "session.me",
        "session.changePassword",
        "members.roles",
        "members.list",
        "members.add",
        "study.list",
        "study.create",
        "study.openSample",
        "sizing.compute",
        "calculation.compute",
        "audit.verify",
      ];
      expect([...Object.keys(calls()), ...withoutId].sort()).toEqual(Object.keys(appRouter._def.procedures).sort());
    });
  });

  it.each([
    [
      "sponsor",
      "model.train",
      () => as(sponsor).model.train({ studyId: ids.studyId, training: sampleStudy("pbc").training }),
    ],
    [
      "sponsor",
      "model.bringIn",
      () => as(sponsor).model.bringIn({ studyId: ids.studyId, model: "{}", report: "{}", reason: "impatience" }),
    ],
    ["sponsor", "study.lockPlan", () => as(sponsor).study.lockPlan({ studyId: ids.studyId, reason: "impatience" })],
    ["regulatory", "study.create", () => as(regulatory).study.openSample({ sample: "pbc" })],
    [
      "regulatory",
      "design.remove",
      () => as(regulatory).design.remove({ studyId: ids.studyId, designId: "fixed-ancova" }),
    ],
    [
      "statistician",
      "members.add",
      () => as(statistician).members.add({ name: "X", email: "x@example.org", role: "admin" }),
    ],
    ["sponsor", "dossier.build", () => as(sponsor).dossier.build({ studyId: ids.studyId, reason: "impatience" })],
  ])("is closed to the role %s for %s", async (role, _name, attempt) => {
    await expect(attempt()).rejects.toMatchObject({
      code: "FORBIDDEN",
      message: expect.stringContaining(`Your role (${role}) cannot`),
    });
  });
});
