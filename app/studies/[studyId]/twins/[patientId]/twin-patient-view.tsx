"use client";
import { useMemo } from "react";
import type { FrozenModel } from "../../../../../lib/progression/model-document.ts";
import { contributionsFigure } from "../../../../../lib/reporting/figures/contributions-figure.ts";
import { Chart } from "../../../../_components/chart/chart.tsx";
import { Notice } from "../../../../_components/feedback/notice.tsx";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import { primaryEndpoint, type TwinCohort, type Twins } from "../twin-cohort.ts";
import { BaselineTable } from "./baseline-table.tsx";
import { CourseTable } from "./course-table.tsx";
import { ForecastStepsSection } from "./forecast-steps.tsx";
import { NearestTable } from "./nearest-table.tsx";
import { ScoreFacts } from "./score-facts.tsx";
import { TwinEventsSection } from "./twin-events.tsx";
import { TwinFans } from "./twin-fans.tsx";
import type { TwinPatient } from "./twin-patient.ts";

/** One patient: fans, score and its parts, baseline, support, and the historical patients that resemble it most. */
export function TwinPatientView(props: {
  patient: TwinPatient;
  twins: Twins;
  cohort: TwinCohort;
  vocabulary: FrozenModel;
}) {
  const { patient, cohort, vocabulary } = props;
  const { twin } = patient;
  const endpoint = primaryEndpoint(vocabulary.endpoints, cohort);
  const contributions = useMemo(
    () => contributionsFigure(twin, endpoint, `Patient ${twin.patientId}`),
    [twin, endpoint],
  );
  return (
    <>
      {twin.support.outOfSupport && (
        <Notice tone="warning" title="Out of support">
          {twin.support.outsideRange.length > 0
            ? `Outside the range seen in training: ${twin.support.outsideRange.join(", ")}. The twin extrapolates.`
            : "Taken together, the baseline values lie far from those of the historical patients. The twin extrapolates."}
        </Notice>
      )}
      <TwinFans {...props} />
      <Section title="Score" id="score">
        <ScoreFacts twin={twin} twins={props.twins} cohort={cohort} vocabulary={vocabulary} />
        <div style={{ marginTop: "1rem" }}>
          <Chart specification={contributions} />
        </div>
      </Section>
      <ForecastStepsSection twinSetId={props.twins.id} patientId={twin.patientId} vocabulary={vocabulary} />
      <Section title="Baseline values">
        <BaselineTable twin={twin} cohort={cohort} vocabulary={vocabulary} />
      </Section>
      <Section title="The course in numbers" id="course">
        <CourseTable twin={twin} cohort={cohort} vocabulary={vocabulary} />
      </Section>
      {twin.events !== undefined && (
        <TwinEventsSection events={twin.events} vocabulary={vocabulary} patientId={twin.patientId} />
      )}
      <Section
        title="Nearest historical patients"
        id="nearest"
        note="By Mahalanobis distance of the baseline values; drawn faintly in the figures above."
      >
        <NearestTable patient={patient} vocabulary={vocabulary} cohort={cohort} />
      </Section>
    </>
  );
}
