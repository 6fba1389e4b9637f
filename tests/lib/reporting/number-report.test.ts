import { describe, expect, it } from "vitest";
import { heading, paragraph, see, table } from "../../../lib/dossier/prose.ts";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { numberReport, referenceText } from "../../../lib/reporting/number-report.ts";
import type { ReportBlock } from "../../../lib/reporting/report-document.ts";

const plainTable = (id: string): ReportBlock => table({ id, title: id, population: "", columns: [], rows: [] });
const report = (...blocks: ReportBlock[]) => ({ blocks, titleParagraphs: [] });

describe("numbering a report", () => {
  it("numbers headings by level and tables in sequence", () => {
    const numbering = numberReport(
      report(
        heading(1, "a", "A"),
        heading(2, "a1", "A1"),
        heading(3, "a11", "A11"),
        heading(2, "a2", "A2"),
        paragraph`${see("t1")} and ${see("t2")}`,
        plainTable("t1"),
        heading(1, "b", "B"),
        heading(2, "b1", "B1"),
        plainTable("t2"),
      ),
    );
    expect(numbering.items.map((item) => item.label)).toEqual([
      "1",
      "1.1",
      "1.1.1",
      "1.2",
      "Table 1",
      "2",
      "2.1",
      "Table 2",
    ]);
    expect(referenceText(numbering, "t2")).toBe("Table 2");
    expect(referenceText(numbering, "a2")).toBe("section 1.2");
  });

  it("refuses tables that are not cited before they appear, double ids, unknown targets and skipped levels", () => {
    expect(() => numberReport(report(plainTable("t1")))).toThrow(DomainError);
    expect(() => numberReport(report(plainTable("t1"), paragraph`${see("t1")}`))).toThrow(/before it appears/);
    expect(() => numberReport(report(heading(1, "a", "A"), heading(1, "a", "B")))).toThrow(/once/);
    expect(() => numberReport(report(paragraph`${see("nowhere")}`))).toThrow(/must name/);
    expect(() => numberReport(report(heading(2, "a", "A")))).toThrow(/skip a level/);
  });
});
