import { describe, expect, test } from "vitest";
import { findJsonFault } from "../../../lib/data/json-fault.ts";
import type { RawTable, ReadResult } from "../../../lib/data/raw-table.ts";
import { readDatasetJson } from "../../../lib/data/read-dataset-json.ts";
import { readTable } from "../../../lib/data/read-table.ts";
import { inflate } from "../../support/inflate.ts";
import { sharedFile } from "../../support/shared.ts";

function table(result: ReadResult): RawTable {
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join("\n"));
  return result.table;
}
const messages = (result: ReadResult) => (result.ok ? [] : result.problems.map((problem) => problem.message));
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

/** First cell of each column as the file wrote it: numbers as numbers, missing numbers as null. */
function firstRow(read: RawTable): unknown[] {
  return read.columns.map((column) => {
    if (column.kind !== "number") return column.values[0];
    const code = column.missingCodes[0];
    return code === null ? column.values[0] : code === "" ? null : code;
  });
}

function small(overrides: Record<string, unknown> = {}, rows: unknown[] = [["A", 1, "2014-01-02"]]) {
  return {
    datasetJSONCreationDateTime: "2024-11-11T15:09:15",
    datasetJSONVersion: "1.1.0",
    itemGroupOID: "IG.X",
    records: rows.length,
    name: "X",
    label: "Example",
    columns: [
      { itemOID: "IT.X.ID", name: "ID", label: "Id", dataType: "string" },
      { itemOID: "IT.X.V", name: "V", label: "Value", dataType: "float" },
      { itemOID: "IT.X.D", name: "D", label: "Date", dataType: "date" },
    ],
    rows,
    ...overrides,
  };
}

describe("Dataset-JSON samples hold what EXPECTED.json says", () => {
  interface Expected {
    name: string;
    label: string;
    n_rows: number;
    n_columns: number;
    column_names: string[];
    first_row: unknown[];
  }
  const file = sharedFile("data/importer_samples/good_json/EXPECTED.json");
  const expected: Record<string, Expected> = file === null ? {} : JSON.parse(new TextDecoder().decode(file));
  const also = (name: string, ending: string) =>
    sharedFile(`data/importer_samples/good_json/${name.replace(/\.json$/, ending)}`);
  for (const [name, content] of Object.entries(expected)) {
    test(name, () => {
      const read = table(readTable(also(name, ".json")!, name));
      expect([read.name, read.label, read.rowCount, read.columns.length]).toEqual([
        content.name,
        content.label,
        content.n_rows,
        content.n_columns,
      ]);
      expect(read.columns.map((column) => column.name)).toEqual(content.column_names);
      expect(firstRow(read)).toEqual(content.first_row);
    });
  }
  test.each(["adam_msg_adsl", "adam_msg_adtte"])("%s is the same as .json, .ndjson and compressed .dsjc", (name) => {
    if (file === null) return;
    const json = table(readTable(also(`${name}.json`, ".json")!, "a.json"));
    expect(table(readTable(also(`${name}.json`, ".ndjson")!, "a.ndjson"))).toEqual(json);
    expect(table(readTable(also(`${name}.json`, ".dsjc")!, "a.dsjc", { inflate }))).toEqual(json);
  });
  test("the example with extensions says that 70 of its 72 records are not there, and how missing numbers were recognised", () => {
    const example = also("extended_dataset.json", ".json");
    if (example === null) return;
    expect(table(readDatasetJson(example)).notes.map((note) => [note.severity, note.message])).toEqual([
      ["critical", "The file states 72 records but holds 2 rows. Make sure that it is complete before you use it."],
      ["warning", '"na" in the number column AEENDY was read as missing.'],
    ]);
  });
});

describe("bad Dataset-JSON is refused with a sentence that helps", () => {
  test.each<[string, object[]]>([
    [
      "truncated.json",
      [
        {
          row: null,
          code: "json-truncated",
          message:
            "The JSON is cut off: the file ends on line 1, character 2001, before it is complete. Export or copy it again.",
        },
      ],
    ],
    [
      "no_columns.json",
      [
        {
          row: null,
          code: "dataset-json-metadata",
          message: '"columns" is missing. Dataset-JSON 1.1 requires it; without it the rows have no names and types.',
        },
      ],
    ],
    [
      "short_row.json",
      [{ row: 2, code: "row-length", message: "The row has 25 values, but the file describes 26 columns." }],
    ],
    [
      "text_in_numeric.json",
      [
        {
          row: 1,
          column: "AGE",
          code: "wrong-type",
          message: 'The value is "abc"; column AGE requires a number (dataType integer) or null.',
        },
      ],
    ],
    [
      "unknown_version.json",
      [
        {
          row: null,
          code: "dataset-json-version",
          message:
            'The file states Dataset-JSON version "9.9.9"; versions 1.1 and 1.1.x are read. Export it as version 1.1.',
        },
      ],
    ],
  ])("%s", (name, problems) => {
    const file = sharedFile(`data/importer_samples/bad/${name}`);
    if (file === null) return;
    const result = readTable(file, name);
    expect(result.ok ? [] : result.problems).toEqual(problems.map((problem) => expect.objectContaining(problem)));
  });

  test("every wrong cell of a file is listed, with row and column", () => {
    const result = readDatasetJson(
      bytes(
        small({}, [
          ["A", "x", "2014-01-02"],
          ["B", 2],
          [{}, true, 5],
          ["C", 1, "soon"],
        ]),
      ),
    );
    expect(result.ok ? [] : result.problems.map((problem) => [problem.row, problem.column, problem.code])).toEqual([
      [2, null, "row-length"],
      [3, "ID", "wrong-type"],
      [1, "V", "wrong-type"],
      [3, "V", "wrong-type"],
      [1, "D", "wrong-type"],
      [4, "D", "wrong-type"],
    ]);
  });

  test("every missing part of the metadata is listed", () => {
    const { records: _r, name: _n, ...rest } = small();
    expect(
      messages(readDatasetJson(bytes({ ...rest, columns: [{ itemOID: "I", name: "A", dataType: "text" }] }))),
    ).toEqual([
      '"records" is missing. Dataset-JSON 1.1 requires it.',
      '"name" is missing. Dataset-JSON 1.1 requires it.',
      expect.stringMatching(/^Column 1 \(A\), label: /),
      expect.stringMatching(/^Column 1 \(A\), dataType: /),
    ]);
  });

  test("older and foreign JSON is told apart", () => {
    expect(messages(readDatasetJson(bytes({ clinicalData: {} })))).toEqual([
      "The file is Dataset-JSON 1.0; versions 1.1 and 1.1.x are read. Convert it to version 1.1.",
    ]);
    expect(messages(readDatasetJson(bytes({ a: 1 })))).toEqual([
      "The JSON is not a CDISC Dataset-JSON data set: it has neither datasetJSONVersion nor columns.",
    ]);
    expect(messages(readDatasetJson(bytes([1])))).toEqual([
      "The JSON is not a Dataset-JSON data set: it must be an object with metadata, columns and rows.",
    ]);
    expect(messages(readDatasetJson(bytes('{"a": 1,,}')))).toEqual([
      "The file is not valid JSON: line 1, character 9 is not expected there.",
    ]);
  });

  test("NDJSON that ends within a row, or between two rows, is cut off", () => {
    const { rows: _rows, ...metadata } = small({ records: 2 });
    const head = JSON.stringify(metadata);
    expect(messages(readDatasetJson(bytes(`${head}\n["A",1,"2014-01-02"]\n["B",2,"20`)))).toEqual([
      "The file is cut off in the middle of its last row. Export or copy it again.",
    ]);
    expect(messages(readDatasetJson(bytes(`${head}\n["A",1,"2014-01-02"]\n`)))).toEqual([
      "The file states 2 records but holds 1 rows. It is cut off between two rows. Export or copy it again.",
    ]);
    expect(table(readDatasetJson(bytes(`${head}\n["A",1,"2014-01-02"]\r\n["B",null,""]`))).rowCount).toBe(2);
  });
});

describe("dates and numbers in Dataset-JSON", () => {
  test("complete dates have a day, partial dates keep their text, SAS day numbers follow their display format", () => {
    const columns = [
      { itemOID: "a", name: "D", label: "", dataType: "date" },
      { itemOID: "b", name: "S", label: "", dataType: "integer", displayFormat: "DATE9." },
      { itemOID: "c", name: "N", label: "", dataType: "decimal", targetDataType: "decimal" },
    ];
    const read = table(
      readDatasetJson(
        bytes(
          small({ columns }, [
            ["2014-01-02", 19725, "1.50"],
            ["2014-01", null, null],
          ]),
        ),
      ),
    );
    const [date, sas, decimal] = read.columns;
    expect(date?.kind === "date" ? [[...date.values], [...date.days], [...date.missingCodes]] : null).toEqual([
      ["2014-01-02", "2014-01"],
      [16072, Number.NaN],
      [null, "partial"],
    ]);
    expect(sas?.kind === "date" ? [[...sas.values], [...sas.days]] : null).toEqual([
      ["2014-01-02", ""],
      [16072, Number.NaN],
    ]);
    expect(decimal?.kind === "number" ? [...decimal.values] : null).toEqual([1.5, Number.NaN]);
  });
});

describe("finding the fault of a JSON text", () => {
  test.each([
    ['{"a": [1, 2', "cut-off", 1, 12],
    ['{"a": "x', "cut-off", 1, 9],
    ['{"a": tru', "cut-off", 1, 10],
    ['{"a"\n: 1 2}', "unexpected", 2, 5],
    ["[1,]", "unexpected", 1, 4],
    ["{a: 1}", "unexpected", 1, 2],
    ["", "cut-off", 1, 1],
  ])("%s", (text, kind, line, character) => {
    expect(findJsonFault(text)).toEqual({ kind, line, character });
  });
});
