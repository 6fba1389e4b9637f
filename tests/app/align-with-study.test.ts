import { describe, expect, it } from "vitest";
import { alignWithStudy } from "../../app/studies/[studyId]/data/import/align-with-study.ts";
import type { MappingSpec } from "../../lib/data/mapping-spec.ts";
import { sampleStudies, sampleStudy } from "../../lib/samples/index.ts";

const pbc = sampleStudy("pbc").specification;
const [logBilirubin] = pbc.endpoints;
const bili: MappingSpec["endpoints"][number] = {
  source: "bili",
  endpoint: {
    id: "bili",
    label: "bili",
    unit: "",
    scale: "identity",
    benefit: "lower-is-better",
    sourceRange: { minimum: null, maximum: null },
  },
};

describe("a recognised file in the study's terms", () => {
  for (const sample of sampleStudies) {
    it(`changes nothing in a mapping that speaks the terms of the ${sample.id} study`, () => {
      for (const { mapping } of sample.datasets) {
        const aligned = alignWithStudy(mapping, sample.specification);
        expect(aligned.endpoints).toEqual(mapping.endpoints);
        expect(aligned.time).toEqual(mapping.time);
      }
    });
  }

  it("gives the column of a similar name to the study's endpoint", () => {
    const aligned = alignWithStudy({ endpoints: [bili] }, pbc);
    expect(aligned.endpoints).toEqual([{ endpoint: logBilirubin, source: "bili" }]);
  });

  it("gives the only recognised column to the only endpoint whatever its name", () => {
    const study = { ...pbc, endpoints: [{ ...logBilirubin!, id: "marker", label: "liver marker" }] };
    expect(alignWithStudy({ endpoints: [bili] }, study).endpoints).toEqual([
      { endpoint: study.endpoints[0], source: "bili" },
    ]);
  });

  it("replaces guessed visits and points named visits at the study's", () => {
    const [first] = pbc.visits;
    const guessed = [
      { id: "v1", label: first!.label.toUpperCase(), targetDay: 1, windowFrom: 0, windowTo: 2 },
      { id: "v2", label: "unheard of", targetDay: 9999, windowFrom: 9999, windowTo: 9999 },
    ];
    const time: MappingSpec["time"] = {
      kind: "visit",
      column: "AVISIT",
      baselineValues: ["Baseline"],
      visits: [
        { value: "One", visitId: "v1" },
        { value: "Two", visitId: "v2" },
      ],
      dayColumn: null,
    };
    const aligned = alignWithStudy({ visits: guessed, time }, pbc);
    expect(aligned.visits).toEqual(pbc.visits);
    expect(aligned.time).toEqual({ ...time, visits: [{ value: "One", visitId: first!.id }] });
  });

  it("names the arms as the study does, by role", () => {
    const arm: MappingSpec["arm"] = {
      kind: "column",
      column: "trt",
      arms: [
        { value: "0", arm: { id: "a0", label: "0", role: "control" } },
        { value: "1", arm: { id: "a1", label: "1", role: "experimental" } },
      ],
    };
    const aligned = alignWithStudy({ arm }, pbc).arm;
    const ids = aligned?.kind === "column" ? aligned.arms.map((entry) => entry.arm.id) : [];
    expect(ids).toEqual(["control", "experimental"].map((role) => pbc.arms.find((known) => known.role === role)?.id));
  });

  it("never counts a second treatment of the file as the study's arm", () => {
    const level = (value: string, role: "control" | "experimental") => ({
      value,
      arm: { id: value.toLowerCase().replaceAll(" ", "_"), label: value, role },
    });
    const study = {
      ...pbc,
      arms: [
        { id: "experimental", label: "High Dose", role: "experimental" as const },
        { id: "control", label: "Placebo", role: "control" as const },
      ],
    };
    const aligned = (...arms: ReturnType<typeof level>[]) => {
      const { arm } = alignWithStudy({ arm: { kind: "column", column: "TRTP", arms } }, study);
      return arm?.kind === "column" ? arm.arms.map((entry) => [entry.value, entry.arm.id]) : [];
    };
    const placebo = level("Placebo", "control");
    expect(aligned(placebo, level("High Dose", "experimental"), level("Low Dose", "experimental"))).toEqual([
      ["Placebo", "control"],
      ["High Dose", "experimental"],
    ]);
    expect(aligned(placebo, level("Drug A", "experimental"), level("Drug B", "experimental"))).toEqual([
      ["Placebo", "control"],
      ["Drug A", "drug_a"],
      ["Drug B", "drug_b"],
    ]);
  });
});
