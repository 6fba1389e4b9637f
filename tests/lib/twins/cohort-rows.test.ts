import { describe, expect, it } from "vitest";
import { type CohortView, viewCohort } from "../../../lib/twins/cohort-rows.ts";

const row = (
  patientId: string,
  arm: string,
  prognosticScore: number,
  observed: number | null,
  outOfSupport = false,
) => ({
  patientId,
  study: "s",
  arm,
  prognosticScore,
  observed,
  outOfSupport,
  outsideRange: [],
});
const rows = [row("10", "a", 3, 1), row("9", "b", 1, null), row("2", "a", 2, 5, true)];
const all: CohortView = { arm: null, support: "all", search: "", order: "patient", descending: false };
const ids = (view: Partial<CohortView>) => viewCohort(rows, { ...all, ...view }).map(({ patientId }) => patientId);

describe("viewCohort", () => {
  it("orders ids as numbers", () => expect(ids({})).toEqual(["2", "9", "10"]));

  it("leaves unobserved patients last in either direction", () => {
    expect(ids({ order: "difference" })).toEqual(["10", "2", "9"]);
    expect(ids({ order: "difference", descending: true })).toEqual(["2", "10", "9"]);
  });

  it("filters by arm, support and part of the id", () => {
    expect(ids({ arm: "a" })).toEqual(["2", "10"]);
    expect(ids({ support: "out-of-support" })).toEqual(["2"]);
    expect(ids({ support: "in-support", search: "1" })).toEqual(["10"]);
  });

  it("subtracts the twin from what was observed", () => {
    expect(viewCohort(rows, all).map(({ difference }) => difference)).toEqual([3, null, -2]);
  });
});
