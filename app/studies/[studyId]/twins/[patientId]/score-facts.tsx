"use client";
import type { FrozenModel } from "../../../../../lib/progression/model-document.ts";
import { placeLabel } from "../../../../../lib/reporting/figures/figure-labels.ts";
import {
  decimalsForScale,
  formatFixed,
  formatLimits,
  formatPercent,
  MISSING,
} from "../../../../../lib/reporting/format-number.ts";
import { describeMean } from "../../../../../lib/trial/outcome-type.ts";
import { ProvenanceNumber } from "../../../../_components/provenance/provenance-number.tsx";
import { Facts } from "../../../../_components/table/facts.tsx";
import { primaryEndpoint, type TwinCohort, type Twins } from "../twin-cohort.ts";
import type { PatientTwin } from "./twin-patient.ts";

/** The prognostic score, what was observed, and how far the patient lies from history. */
export function ScoreFacts(props: { twin: PatientTwin; twins: Twins; cohort: TwinCohort; vocabulary: FrozenModel }) {
  const { twin, twins, cohort, vocabulary } = props;
  const primary = primaryEndpoint(vocabulary.endpoints, cohort);
  const { unit } = primary;
  const row = cohort.rows.find((entry) => entry.patientId === twin.patientId && entry.study === twin.study);
  const e = cohort.endpointIds.indexOf(cohort.primary.endpointId);
  const v = cohort.visitIds.indexOf(cohort.primary.visitId);
  const deviation = twin.standardDeviation[e]?.[v] ?? 0;
  const decimals = decimalsForScale(deviation);
  const withUnit = (value: number) => `${formatFixed(value, decimals)} ${unit}`.trim();
  const bands = cohort.bandLevels.map((level, index) => {
    const band = twin.bands[e]?.[v]?.[index];
    return band === undefined ? "" : `${formatPercent(level, 0)} ${formatLimits(band, decimals)}`;
  });
  return (
    <Facts
      items={[
        [
          `Prognostic score (${placeLabel(vocabulary, cohort.primary)})`,
          <ProvenanceNumber
            key="score"
            entry={{
              id: "score",
              title: `Prognostic score of patient ${twin.patientId}`,
              value: withUnit(twin.prognosticScore),
              uncertainty: `for this patient's value: SD ${formatFixed(deviation, decimals)}; bands ${bands.join(", ")}`,
              method:
                vocabulary.format === "understudy-model/1" || vocabulary.predictor.kind === "gaussian-joint"
                  ? "Exact conditional mean of the primary endpoint at the primary visit under the frozen Gaussian joint model, given the patient's baseline values only."
                  : vocabulary.predictor.kind === "by-outcome"
                    ? `Score: ${describeMean(primary)} at the primary visit, exact under the frozen members by type of endpoint, given the patient's baseline values only.`
                    : "Weighted mean of the means of the frozen stack's members for the primary endpoint at the primary visit, given the patient's baseline values only.",
              identities: [
                { label: "Model (SHA-256)", value: twins.modelHash },
                { label: "Twins (SHA-256)", value: cohort.hash },
              ],
            }}
          />,
        ],
        ["Bands at that visit", bands.join(" · ")],
        ["Observed", row === undefined || row.observed === null ? MISSING : withUnit(row.observed)],
        [
          "Support",
          `squared distance ${formatFixed(twin.support.squaredDistance, 2)}, limit ${formatFixed(twin.support.limit, 2)}: ${twin.support.outOfSupport ? "out of support" : "supported by history"}`,
        ],
      ]}
    />
  );
}
