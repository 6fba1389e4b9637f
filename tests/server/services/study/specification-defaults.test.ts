import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { targetEffectSource } from "../../../../lib/trial/study-specification.ts";
import type { SignedIn } from "../../../../server/auth/auth.ts";
import type { Database } from "../../../../server/db/open-database.ts";
import { callerOf, createMember, createWorkspace } from "../../../support/actors.ts";
import { embeddedTestDatabase } from "../../../support/database.ts";

describe("what a new study was not asked for", () => {
  let database: Database;
  let ada: SignedIn;
  const input = {
    title: "A study",
    indication: "An illness",
    endpoint: { label: "Score", unit: "points", scale: "identity", benefit: "lower-is-better" },
    visits: [{ label: "Week 24", targetDay: 168 }],
    arms: { experimental: "Drug", control: "Placebo" },
  } as const;
  const create = (change: { targetEffect?: number } = {}) =>
    callerOf(database, ada).study.create({ ...input, visits: [...input.visits], ...change });
  const specificationOf = async (studyId: string) =>
    (await callerOf(database, ada).study.get({ studyId })).specification;

  beforeAll(async () => {
    database = await embeddedTestDatabase();
    ada = await createMember(database.db, await createWorkspace(database.db), "statistician");
  });
  afterAll(() => database.close());

  it("is marked as a default until somebody changes it, whatever the client says", async () => {
    const { id: studyId } = await create();
    const before = await specificationOf(studyId);
    expect(before).toMatchObject({ targetEffect: -1 });
    expect(targetEffectSource(before)).toBe("default");
    expect(before.defaults).toContain("estimand");
    const save = (specification: typeof before) =>
      callerOf(database, ada).study.updateSpecification({ studyId, specification, reason: "the protocol" });
    await save({ ...before, compound: "X", defaults: [] });
    expect((await specificationOf(studyId)).defaults).toEqual(before.defaults);
    await save({ ...before, targetEffect: -2.5 });
    const after = await specificationOf(studyId);
    expect(targetEffectSource(after)).toBe("user");
    expect(after.defaults).toContain("estimand");
  });

  it("does not contain an effect that was given", async () => {
    expect(targetEffectSource(await specificationOf((await create({ targetEffect: -3 })).id))).toBe("user");
  });
});
