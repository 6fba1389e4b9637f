import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assembleDataSet } from "../../../lib/data/assemble-data-set.ts";
import { type MappingSpec, mappingSpecSchema } from "../../../lib/data/mapping-spec.ts";
import { qualityReportSchema } from "../../../lib/data/quality-document.ts";
import { readTable } from "../../../lib/data/read-table.ts";
import { knownConversion } from "../../../lib/data/unit-conversion.ts";
import { conversionFormula, type UnitMapping } from "../../../lib/data/unit-mapping.ts";

const converted = (value: number, from: string, to: string) => {
  const known = knownConversion(from, to);
  return known === null ? null : known.factor * value + known.offset;
};

describe("conversions that follow from the names of units", () => {
  test.each([
    [1, "mg/dL", "g/L", 0.01],
    [3.5, "g/dL", "g/L", 35],
    [1, "µg/mL", "mg/L", 1],
    [5, "μmol/L", "mmol/l", 0.005],
    [98.6, "°F", "degC", 37],
    [37, "degC", "degF", 98.6],
    [100, "lb", "kg", 45.359237],
    [70, "in", "cm", 177.8],
    [120, "mmHg", "kPa", 15.9986864898],
    [2, "weeks", "days", 14],
    [1, "ukat/L", "U/L", 60],
    [40, "%", "fraction", 0.4],
    [90, "mL/min", "L/h", 5.4],
  ])("%d %s becomes %s", (value, from, to, expected) => {
    expect(converted(value, from, to)).toBeCloseTo(expected, 9);
  });

  test.each([
    ["mg/dL", "mmol/L"],
    ["IU/L", "U/L"],
    ["months", "days"],
    ["points", "g"],
    ["", "g"],
    ["mg/dL", "mg"],
    ["K", "kg"],
  ])("%s to %s is not guessed", (from, to) => {
    expect(knownConversion(from, to)).toBeNull();
  });

  test("going there and back gives the value again", () => {
    const units = [
      "mg/dL",
      "g/L",
      "ng/mL",
      "degC",
      "degF",
      "mmHg",
      "kPa",
      "lb",
      "kg",
      "days",
      "weeks",
      "%",
      "fraction",
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...units),
        fc.constantFrom(...units),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        (a, b, x) => {
          const there = converted(x, a, b);
          if (there === null) return;
          expect(converted(there, b, a)!).toBeCloseTo(x, 6);
        },
      ),
    );
  });
});

const FILE = `id,study,day,alb,albu,wt
1,A,0,3.5,g/dL,70
1,A,28,3.4,g/dL,
2,B,0,34,g/L,154
2,B,28,33,g/L,
3,B,0,400,umol/L,160
3,B,28,500,umol/L,
`;

function assemble(units: readonly UnitMapping[], file = FILE, overrides: Partial<MappingSpec> = {}) {
  const read = readTable(new TextEncoder().encode(file), "units.csv");
  if (!read.ok) throw new Error("not read");
  const spec = mappingSpecSchema.parse({
    format: "understudy-mapping/1",
    name: "units",
    role: "enrolled",
    origin: "simulated",
    patient: { column: "id" },
    study: { kind: "column", column: "study" },
    time: { kind: "day", column: "day", unit: "days", convention: "zero-based" },
    visits: [{ id: "w4", label: "Week 4", targetDay: 28, windowFrom: 1, windowTo: 40 }],
    endpoints: [
      {
        endpoint: {
          id: "albumin",
          label: "log albumin",
          unit: "log g/L",
          scale: "log",
          benefit: "higher-is-better",
          sourceRange: { minimum: 10, maximum: 60 },
        },
        source: "alb",
      },
    ],
    arm: {
      kind: "pooled-control",
      reason: "everybody had placebo",
      arm: { id: "placebo", label: "Placebo", role: "control" },
    },
    covariates: [{ type: "continuous", id: "weight", label: "weight", unit: "kg", column: "wt" }],
    ...(units.length === 0 ? {} : { units }),
    ...overrides,
  });
  return assembleDataSet(read.table, spec);
}
const messages = (result: ReturnType<typeof assemble>) =>
  result.ok ? [] : result.problems.map((each) => each.message);

const byColumn: UnitMapping = {
  id: "albumin",
  source: { kind: "column", column: "albu" },
  conversions: [{ unit: "umol/L", factor: 0.0665, offset: 0 }],
};
const pounds: UnitMapping = {
  id: "weight",
  source: { kind: "by-study", units: [{ study: "B", unit: "lb" }] },
  conversions: [],
};

describe("units between studies", () => {
  test("values come to the unit of the endpoint before range check and logarithm, and every conversion is counted", () => {
    const result = assemble([byColumn, pounds]);
    expect(messages(result)).toEqual([]);
    if (!result.ok) return;
    expect(result.data.patients.map(({ baseline }) => Math.exp(baseline[0]!))).toEqual([
      expect.closeTo(35, 9),
      expect.closeTo(34, 9),
      expect.closeTo(26.6, 9),
    ]);
    expect(result.data.patients.map(({ covariates }) => covariates[0])).toEqual([
      70,
      expect.closeTo(154 * 0.45359237, 9),
      expect.closeTo(160 * 0.45359237, 9),
    ]);
    const { conversions } = qualityReportSchema.parse(result.report);
    const said = conversions!.map((each) => `${each.id} ${each.study} ${each.basis}: ${conversionFormula(each)}`);
    expect(said.sort()).toEqual([
      "albumin A known: g/L = 10 × g/dL",
      "albumin B declared: g/L = 0.0665 × umol/L",
      "weight B known: kg = 0.45359237 × lb",
    ]);
    expect(conversions!.find(({ from }) => from === "umol/L")!.values).toBe(2);
  });

  test("without units in the mapping nothing is converted and the report says nothing of it", () => {
    const result = assemble(
      [],
      FILE.replaceAll("3.5,", "35,").replaceAll("3.4,", "34,").replaceAll("00,umol", "0,umol"),
    );
    expect(messages(result)).toEqual([]);
    expect(result.ok && result.report.conversions).toBeUndefined();
  });

  test("a unit without conversion refuses the file once, and says which study and what to declare", () => {
    const [message, ...others] = messages(assemble([{ ...byColumn, conversions: [] }]));
    expect(others).toEqual([]);
    expect(message).toContain("log albumin stands in umol/L in study B");
    expect(message).toContain("g/L = factor × umol/L + offset");
  });

  test("a value whose unit cell is empty is refused", () => {
    const [message] = messages(assemble([byColumn], FILE.replace("33,g/L", "33,")));
    expect(message).toContain("has no unit in the column that names it");
  });

  test("a study that the file does not hold, and a variable that the mapping does not hold, are named", () => {
    const all = messages(assemble([{ ...pounds, source: { kind: "by-study", units: [{ study: "C", unit: "lb" }] } }]));
    expect(all.join()).toContain('name the study "C", which the file does not hold. It holds: A, B.');
    expect(messages(assemble([{ ...pounds, id: "height" }])).join()).toContain('The units name "height"');
  });

  test("several units in a unit column that the mapping does not name are refused", () => {
    const rows = `id,study,day,PARAMCD,AVAL,AVALU
1,A,0,ALB,35,g/L
1,A,28,ALB,3.4,g/dL
2,A,0,ALB,34,g/L
`;
    const overrides: Partial<MappingSpec> = {
      layout: { kind: "parameter-rows", parameterColumn: "PARAMCD", valueColumn: "AVAL" },
      covariates: [],
    };
    const endpoint = (source: string, units: readonly UnitMapping[]) => {
      const spec = { ...overrides };
      return assemble(units, rows, {
        ...spec,
        endpoints: [
          {
            source,
            endpoint: {
              id: "albumin",
              label: "albumin",
              unit: "g/L",
              scale: "identity",
              benefit: "higher-is-better",
              sourceRange: { minimum: null, maximum: null },
            },
          },
        ],
      });
    };
    expect(messages(endpoint("ALB", [])).join()).toContain("stand in 2 units (g/L, g/dL) in the column AVALU");
    const result = endpoint("ALB", [{ id: "albumin", source: { kind: "column", column: "AVALU" }, conversions: [] }]);
    expect(messages(result)).toEqual([]);
    const cell = result.ok ? result.data.patients[0]!.outcomes[0]![0]! : null;
    expect(cell !== null && "value" in cell ? cell.value : null).toBeCloseTo(34, 9);
  });
});
