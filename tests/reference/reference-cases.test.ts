import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryPath, sharedPath } from "../support/shared.ts";
import { type ReferenceOutcome, runReferenceFile } from "./runner/run-reference.ts";
import { referenceSets } from "./sets/index.ts";

/** Published numbers of methods that the program does not have. */
const NOT_OFFERED: readonly { readonly file: string; readonly id: RegExp }[] = [
  { file: "published", id: /RBesT/ },
  { file: "published", id: /Mayo natural-history model/ },
];

function expectAgreement(outcome: ReferenceOutcome): void {
  const open = outcome.failed.filter(
    ({ id }) => !NOT_OFFERED.some((each) => each.file === outcome.file && each.id.test(id)),
  );
  expect(open.map(({ id, error, mismatches }) => ({ id, error, first: mismatches[0] }))).toEqual([]);
  expect(outcome.passed + outcome.disputed.length).toBeGreaterThan(0);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .filter((name) => referenceSets.some(({ files }) => files.test(name.replace(/\.json$/, ""))))
    .map((name) => join(folder, name));
}

describe("reference cases that ship with the program", () => {
  it.each(filesIn(repositoryPath("tests/reference")))("%s", (path) => expectAgreement(runReferenceFile(path)), 300_000);
});

const local = sharedPath("reference/local");
describe.skipIf(local === null)("reference cases on data that stay where they are", () => {
  it.each(local !== null && existsSync(local) ? filesIn(local) : [])(
    "%s",
    (path) => expectAgreement(runReferenceFile(path)),
    300_000,
  );
});
