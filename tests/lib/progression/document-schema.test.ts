import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { frozenModelSchema } from "../../../lib/progression/model-document.ts";
import { twinSetSchema } from "../../../lib/twins/twin-document.ts";
import { repositoryPath } from "../../support/shared.ts";

/** Rewrites the files: `UPDATE_SCHEMAS=1 npx vitest run tests/lib/progression/document-schema.test.ts`. */
const update = process.env.UPDATE_SCHEMAS === "1";

test.each([
  { file: "lib/progression/frozen-model.schema.json", schema: frozenModelSchema },
  { file: "lib/twins/twin-set.schema.json", schema: twinSetSchema },
])("$file describes the document that the program writes", ({ file, schema }) => {
  const path = repositoryPath(file);
  const generated: unknown = JSON.parse(JSON.stringify(z.toJSONSchema(schema)));
  if (update) writeFileSync(path, `${JSON.stringify(generated, null, 2)}\n`);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(generated);
});
