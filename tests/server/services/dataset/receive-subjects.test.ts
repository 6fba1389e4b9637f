import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { importFile } from "../../../../bin/data-input.ts";
import { sampleStudy } from "../../../../lib/samples/index.ts";
import type { SignedIn } from "../../../../server/auth/auth.ts";
import { receiveSubjects } from "../../../../server/services/dataset/receive-subjects.ts";
import { receiveUpload } from "../../../../server/services/dataset/receive-upload.ts";
import { callerOf, contextOf, createMember, createWorkspace } from "../../../support/actors.ts";
import { describeOnBothDatabases } from "../../../support/database.ts";
import { repositoryPath } from "../../../support/shared.ts";

const sample = sampleStudy("pbc");
const { mapping, bytes } = sample.datasets[0];
const source = new TextDecoder().decode(bytes((path) => new Uint8Array(readFileSync(repositoryPath(path)))));
const rows = source
  .trimEnd()
  .split("\n")
  .map((line) => line.replaceAll('"', "").split(","));
const PATIENT = 0;
const ofSubject = [4, 5];
const csv = (lines: readonly (readonly string[])[]) => `${lines.map((cells) => cells.join(",")).join("\n")}\n`;
/** The sample's file with age and sex taken out of it, and the file that holds them, one row a patient. */
const visits = csv(rows.map((cells) => cells.filter((_, column) => !ofSubject.includes(column))));
const subjectRows = rows
  .filter((cells, row) => row === 0 || cells[PATIENT] !== rows[row - 1]?.[PATIENT])
  .map((cells) => [PATIENT, ...ofSubject].map((column) => cells[column] ?? ""));

describeOnBothDatabases("a patient-level file beside the data file", (database) => {
  const folder = mkdtempSync(join(tmpdir(), "understudy-subjects-"));
  let ada: SignedIn;
  let studyId: string;
  const encoded = (text: string) => new TextEncoder().encode(text);
  const upload = (text: string) =>
    receiveUpload(contextOf(database(), ada), { studyId, fileName: "visits.csv", bytes: encoded(text), role: null });
  const attach = (uploadId: string | null, text: string) =>
    receiveSubjects(contextOf(database(), ada), {
      studyId,
      uploadId,
      fileName: "adsl.csv",
      bytes: encoded(text),
      role: null,
    });
  const path = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  beforeAll(async () => {
    ada = await createMember(database().db, await createWorkspace(database().db), "statistician");
    const call = callerOf(database(), ada);
    ({ id: studyId } = await call.study.create({
      title: "Two files",
      indication: "PBC",
      endpoint: { label: "Bilirubin", unit: "", scale: "log", benefit: "lower-is-better" },
      visits: [{ label: "Year 2", targetDay: 730 }],
      arms: { experimental: "Drug", control: "Placebo" },
    }));
    await call.study.updateSpecification({ studyId, specification: sample.specification, reason: "the protocol" });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("gives the data set that the command line makes, and that one file with all columns gives", async () => {
    const call = callerOf(database(), ada);
    const { uploadId } = await upload(visits);
    expect(await call.dataset.preview({ uploadId: uploadId!, mapping })).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.objectContaining({ code: "missing-column" })]),
    });
    const both = await attach(uploadId, csv(subjectRows));
    expect(both).toMatchObject({ uploadId, fileName: "visits.csv", problems: [] });
    expect(both.subjects?.table.columns.map(({ name }) => name)).toEqual(["id", "age", "sex"]);
    expect(both.suggestion?.mapping.covariates?.map(({ column }) => column)).toEqual(
      expect.arrayContaining(["age", "sex"]),
    );
    const { datasetId } = await call.dataset.confirm({ uploadId: uploadId!, mapping, reason: "both files" });
    const dataset = await call.dataset.get({ datasetId });
    const subjectsPath = path("adsl.csv", csv(subjectRows));
    const byCommand = importFile(path("visits.csv", visits), mapping, subjectsPath);
    const inOne = importFile(path("pbcseq.csv", source), mapping);
    expect(dataset.dataHash).toBe(byCommand.dataHash);
    expect(dataset.dataHash).toBe(inOne.dataHash);
    expect(dataset.fileHash).toBe(byCommand.fileHash);
    expect(dataset.subjectsFile).toEqual(byCommand.subjectsFile);
    const { events } = await call.audit.list({ studyId, filter: { text: "data set" } });
    const imported = events.find(({ action }) => action === "dataset.import");
    expect(imported?.change).toContain(byCommand.subjectsFile!.fileHash);
  });

  it("is refused with its problems; the data file stays, and another takes its place", async () => {
    const { uploadId } = await upload(visits);
    const call = callerOf(database(), ada);
    const torn = await attach(uploadId, "id,age\n1,50,extra\n2\n");
    expect(torn).toMatchObject({ uploadId: null, fileName: "adsl.csv", table: null });
    expect(torn.problems.map(({ code }) => code)).toEqual(["ragged-row", "ragged-row"]);
    await attach(uploadId, csv([...subjectRows, subjectRows[1]!]));
    const twice = await call.dataset.preview({
      uploadId: uploadId!,
      mapping: { ...mapping, rowFilter: [{ column: "no_such", keep: ["1"] }] },
    });
    if (twice.ok) throw new Error("accepted");
    // What is wrong with the second file and what is wrong with the mapping, in one round.
    expect(twice.problems.map(({ code }) => code)).toEqual(["missing-column", "duplicate-subject"]);
    await attach(uploadId, csv(subjectRows));
    expect(await call.dataset.preview({ uploadId: uploadId!, mapping })).toMatchObject({ ok: true, patients: 200 });
  });

  it("without a readable data file is only read, so that its faults are known too", async () => {
    expect((await upload("a,b\n1\n")).uploadId).toBeNull();
    const read = await attach(null, "id,age\n1\n");
    expect(read).toMatchObject({ uploadId: null, fileName: "adsl.csv" });
    expect(read.problems).toHaveLength(1);
    const wrongBoth = () => importFile(path("a.csv", "a,b\n1\n"), mapping, path("b.csv", "id,age\n1\n"));
    expect(wrongBoth).toThrow(/a\.csv: [\s\S]*b\.csv: /);
  });

  it("of another person's workspace is not found", async () => {
    const { uploadId } = await upload(visits);
    const { db } = database();
    const stranger = await createMember(db, await createWorkspace(db, "Another"), "statistician");
    const ctx = contextOf(database(), stranger);
    const file = { studyId, uploadId, fileName: "adsl.csv", bytes: encoded(csv(subjectRows)), role: null };
    await expect(receiveSubjects(ctx, file)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
