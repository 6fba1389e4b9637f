"use client";
import { compareWithKnownTruth } from "../../../../lib/progression/known-truth-comparison.ts";
import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import { formatFixed } from "../../../../lib/reporting/format-number.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";

/** What is true in simulated data beside what the program found; absent for real data. */
export function KnownTruthSection({ model }: { model: FrozenModel }) {
  const { knownTruth } = useStudy().specification;
  if (knownTruth === null) return null;
  return (
    <Section
      title="Known truth, and whether it was recovered"
      id="known-truth"
      note={`${knownTruth.law} The program never reads these numbers.`}
    >
      <DataTable
        caption="Known truth and estimates"
        captionHidden
        rows={compareWithKnownTruth(knownTruth, model)}
        rowKey={(row) => row.quantity}
        columns={[
          { key: "quantity", title: "Quantity", render: (row) => row.quantity },
          { key: "truth", title: "Truth", align: "right", render: (row) => formatFixed(row.truth, 3) },
          { key: "estimate", title: "Estimate", align: "right", render: (row) => formatFixed(row.estimate, 3) },
          {
            key: "error",
            title: "± SE",
            unit: "about",
            align: "right",
            render: (row) => formatFixed(row.standardError, 3),
          },
        ]}
      />
    </Section>
  );
}
