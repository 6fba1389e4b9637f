import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { repositoryPath } from "../../support/shared.ts";

test("the published JSON Schema of the long schema is the one the program checks with", () => {
  const published: unknown = JSON.parse(readFileSync(repositoryPath("lib/data/long-data-set.schema.json"), "utf8"));
  expect(published).toEqual(z.toJSONSchema(longDataSetSchema));
});
