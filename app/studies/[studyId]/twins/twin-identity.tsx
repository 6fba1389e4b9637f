import { formatPercent, formatUtc } from "../../../../lib/reporting/format-number.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { Facts } from "../../../_components/table/facts.tsx";
import type { TwinCohort, Twins } from "./twin-cohort.ts";

/** Which model made these twins, when, and what names them. */
export function TwinIdentity({ twins, cohort }: { twins: Twins; cohort: TwinCohort }) {
  return (
    <Section title="How these twins were made" id="identity">
      <Facts
        items={[
          ["Generated", formatUtc(twins.createdAt)],
          ["Conditioned on", "baseline values only; later visits never enter a score"],
          ["Bands", cohort.bandLevels.map((level) => formatPercent(level, 0)).join(", ")],
          [
            "SHA-256 of the model",
            <span key="model" className="hash">
              {twins.modelHash}
            </span>,
          ],
          [
            "SHA-256 of the twins",
            <span key="twins" className="hash">
              {cohort.hash}
            </span>,
          ],
        ]}
      />
    </Section>
  );
}
