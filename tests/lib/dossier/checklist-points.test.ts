import { describe, expect, it } from "vitest";
import { SECTIONS } from "../../../lib/dossier/checklist/sections.ts";
import { sharedFile } from "../../support/shared.ts";

const points = SECTIONS.flatMap((section) => section.points);

describe("the report checklist", () => {
  it("has 251 points with distinct ids in 14 sections", () => {
    expect(points.length).toBe(251);
    expect(new Set(points.map((point) => point.id)).size).toBe(251);
    expect(SECTIONS.length).toBe(14);
  });

  const source = sharedFile("report-checklist.md");
  it.skipIf(source === null)("has the same ids and critical points as the list it scores against", () => {
    const lines = new TextDecoder().decode(source ?? new Uint8Array()).split("\n");
    const listed = lines.flatMap((line) => {
      const match = /^([A-N]\d+)( !)? /.exec(line);
      return match === null ? [] : [{ id: match[1], critical: match[2] !== undefined }];
    });
    expect(points.map(({ id, critical }) => ({ id, critical }))).toEqual(listed);
  });

  it("asks a person about nothing that it checks itself, and names who must answer", () => {
    for (const point of points) {
      if (point.kind === "human") expect(["sponsor", "statistician", "regulatory"]).toContain(point.role);
    }
  });
});
