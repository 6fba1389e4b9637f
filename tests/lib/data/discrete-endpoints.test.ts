import { expect, test } from "vitest";
import { assembleDataSet } from "../../../lib/data/assemble-data-set.ts";
import { longDataSetSchema } from "../../../lib/data/long-data-set.ts";
import { mappingSpecSchema } from "../../../lib/data/mapping-spec.ts";
import { readTable } from "../../../lib/data/read-table.ts";

const endpoint = (id: string, outcome?: object) => ({
  id,
  label: id,
  unit: "",
  scale: "identity",
  benefit: "higher-is-better",
  sourceRange: { minimum: null, maximum: null },
  ...(outcome === undefined ? {} : { outcome }),
});
const yesNo = {
  type: "binary",
  levels: [
    { source: "NO", label: "no" },
    { source: "YES", label: "yes" },
  ],
};

const base = {
  format: "understudy-mapping/1",
  name: "types",
  role: "enrolled",
  origin: "simulated",
  patient: { column: "id" },
  study: { kind: "constant", value: "S" },
  time: { kind: "day", column: "day", unit: "days", convention: "zero-based" },
  visits: [{ id: "v1", label: "Visit 1", targetDay: 30, windowFrom: 10, windowTo: 50 }],
  endpoints: [
    { endpoint: endpoint("event", yesNo), source: "event" },
    { endpoint: endpoint("score"), source: "score" },
    { endpoint: endpoint("flares", { type: "count" }), source: "flares" },
  ],
  derived: [
    { endpoint: endpoint("both", yesNo), expression: "event == 1 and score >= score.baseline + 2" },
    { endpoint: endpoint("most", { type: "count" }), expression: "max(flares, both)" },
  ],
  arm: { kind: "column", column: "arm", arms: [{ value: "P", arm: { id: "p", label: "P", role: "control" } }] },
  covariates: [],
};

function assembled(rows: readonly string[], change: object = {}) {
  const text = ["id,arm,day,event,score,flares", ...rows].join("\n");
  const read = readTable(new TextEncoder().encode(text), "types.csv");
  if (!read.ok) throw new Error(JSON.stringify(read));
  return assembleDataSet(read.table, mappingSpecSchema.parse({ ...base, ...change }));
}

test("levels become codes, counts stay counts, composites are computed at every visit and at baseline", () => {
  const made = assembled([
    "a,P,0,NO,3,2",
    "a,P,30,YES,5,4",
    "b,P,0,NO,3,0",
    "b,P,30,YES,,1",
    "c,P,0,YES,4,0",
    "c,P,30,NO,,3",
  ]);
  if (!made.ok) throw new Error(made.problems.map(({ message }) => message).join("; "));
  const [a, b, c] = made.data.patients;
  expect(made.data.endpoints.map(({ id }) => id)).toEqual(["event", "score", "flares", "both", "most"]);
  expect(made.data.endpoints[3]!.derivation).toContain("score.baseline");
  expect(a!.baseline).toEqual([0, 3, 2, 0, 2]);
  expect(a!.outcomes.map(([cell]) => cell)).toEqual([1, 5, 4, 1, 4].map((value) => ({ value, day: 30 })));
  expect(b!.outcomes[3]![0]).toEqual({ missing: "recorded-missing" });
  expect(c!.outcomes[3]![0]).toEqual({ value: 0, day: 30 });
  expect(longDataSetSchema.safeParse(made.data).success).toBe(true);
});

test("a value outside the levels is a fault with its row and column", () => {
  const made = assembled(["a,P,0,NO,3,2", "a,P,30,MAYBE,5,4", "b,P,0,NO,3,0", "b,P,30,YES,1,1.5"]);
  expect(made.ok).toBe(false);
  if (made.ok) return;
  const levels = made.problems.filter(({ code }) => code === "not-a-level");
  expect(levels.map(({ row, column, code }) => ({ row, column, code }))).toEqual([
    { row: 2, column: "event", code: "not-a-level" },
    { row: 4, column: "flares", code: "not-a-level" },
  ]);
  expect(levels[0]!.message).toContain('"MAYBE" is no level of the binary endpoint event');
});

test("a derived value that its type cannot hold is a fault", () => {
  const made = assembled(["a,P,0,NO,3,2", "a,P,30,YES,5,4"], {
    derived: [{ endpoint: endpoint("half", { type: "count" }), expression: "flares / 8" }],
  });
  expect(made.ok).toBe(false);
  if (!made.ok) expect(made.problems[0]!.message).toContain("is no value of this count endpoint");
});

test("a data set with a code beyond its levels is refused", () => {
  const made = assembled(["a,P,0,NO,3,2", "a,P,30,YES,5,4"]);
  if (!made.ok) throw new Error("not assembled");
  const changed = structuredClone(made.data);
  changed.patients[0]!.baseline[0] = 2;
  const parsed = longDataSetSchema.safeParse(changed);
  expect(parsed.success).toBe(false);
  expect(parsed.error?.issues[0]?.message).toContain(
    "2 is not a value of the binary endpoint event (0 (no) or 1 (yes))",
  );
});
