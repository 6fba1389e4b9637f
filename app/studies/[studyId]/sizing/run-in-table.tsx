import { formatCount, formatFixed } from "../../../../lib/reporting/format-number.ts";
import type { RunInSizes, SizingResult } from "../../../../lib/sizing/sizing-document.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { runInWords } from "./sizing-choices.tsx";

/** What one or two visits before randomisation would save, beside the placebo patients they would save. */
export function RunInTable({ result }: { result: SizingResult }) {
  const options = result.runIn ?? [];
  if (options.length < 2) return null;
  const chosen = result.spec.runIn?.visits ?? 0;
  const of = (option: RunInSizes, analysis: string) => option.rows.find((row) => row.analysis === analysis);
  return (
    <Section
      title="A run-in instead of patients"
      note="N: evaluable patients by ANCOVA and by ANCOVA + twin. SD and R² of every line are the model's own, with the run-in visits known; effect, power, ratio and discounts are those of this plan. The expected effect must arise in the days of treatment that are left. Numbers typed for SD and R² count for the plan above, not here."
    >
      <DataTable
        caption="Sizes with and without a run-in"
        captionHidden
        rows={options}
        rowKey={(option) => String(option.visits)}
        rowState={(option) => (option.visits === chosen ? "selected" : undefined)}
        columns={[
          { key: "option", title: "Randomised", render: runInWords },
          { key: "days", title: "Treated", unit: "days", align: "right", render: (o) => formatCount(o.treatedDays) },
          {
            key: "r2",
            title: "R²",
            unit: "+ twin",
            align: "right",
            render: (o) => formatFixed(of(o, "ancova-with-score")?.rSquared ?? 0, 3),
          },
          {
            key: "ancova",
            title: "N",
            unit: "ANCOVA",
            align: "right",
            render: (o) => formatCount(of(o, "ancova")?.total ?? 0),
          },
          {
            key: "score",
            title: "N",
            unit: "+ twin",
            align: "right",
            render: (o) => (
              <strong style={{ fontWeight: 500 }}>{formatCount(of(o, "ancova-with-score")?.total ?? 0)}</strong>
            ),
          },
          {
            key: "control",
            title: "Control",
            unit: "+ twin",
            align: "right",
            render: (o) => formatCount(of(o, "ancova-with-score")?.control ?? 0),
          },
          {
            key: "enrolled",
            title: "To enrol",
            unit: "+ twin",
            align: "right",
            render: (o) => formatCount(of(o, "ancova-with-score")?.enrolled.total ?? 0),
          },
          { key: "gain", title: "Gain shown", render: (o) => (o.scoreGainShown ? "yes" : "no") },
        ]}
      />
    </Section>
  );
}
