import type { ChartSpecification } from "./chart-specification.ts";

/** Running text with cross-references; references print as "Table 3" and link there. */
export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "strong"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "reference"; readonly target: string };

export interface ReportColumn {
  readonly title: string;
  /** Printed under the title, e.g. "N = 112". */
  readonly subtitle: string;
  readonly align: "left" | "right";
}

/** The report as blocks; knows nothing about PDF. Numbers of headings, tables and figures are given by `number-report.ts`. */
export type ReportBlock =
  | { readonly kind: "heading"; readonly id: string; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: "paragraph"; readonly content: readonly Inline[] }
  | { readonly kind: "list"; readonly items: readonly (readonly Inline[])[] }
  | {
      readonly kind: "table";
      readonly id: string;
      readonly title: string;
      readonly population: string;
      readonly columns: readonly ReportColumn[];
      readonly rows: readonly (readonly string[])[];
      readonly notes: readonly string[];
      readonly wide: boolean;
    }
  | {
      readonly kind: "figure";
      readonly id: string;
      readonly title: string;
      readonly population: string;
      readonly chart: ChartSpecification;
      readonly notes: readonly string[];
    }
  | {
      readonly kind: "callout";
      readonly tone: "information" | "warning" | "critical";
      readonly content: readonly Inline[];
    }
  | { readonly kind: "code"; readonly language: "R" | "SAS" | "json" | "text"; readonly text: string }
  | { readonly kind: "page-break" };

export interface ReportDocument {
  readonly title: string;
  readonly subtitle: string;
  readonly author: string;
  readonly subject: string;
  readonly keywords: readonly string[];
  readonly language: "en";
  /** Printed in every page header when the data are simulated. */
  readonly banner: string | null;
  readonly watermark: string | null;
  /** Left part of every page header: sponsor, protocol. The run id stands at the right. */
  readonly runningHead: string;
  /** Left part of every page footer before the instant: program, engine, data cut. */
  readonly runningFoot: string;
  readonly runId: string;
  readonly recordHash: string;
  readonly titlePage: readonly { readonly label: string; readonly value: string }[];
  readonly titleParagraphs: readonly (readonly Inline[])[];
  readonly blocks: readonly ReportBlock[];
  /** ISO 8601, UTC; also the PDF's creation date, so that the same record gives the same bytes. */
  readonly createdAtUtc: string;
}
