"use client";
import { SimpleGrid } from "@mantine/core";
import Link from "next/link";
import { useMemo } from "react";
import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import {
  type ScoreGroup,
  scoreDistributionFigure,
} from "../../../../lib/reporting/figures/score-distribution-figure.ts";
import { decimalsForScale, formatFixed } from "../../../../lib/reporting/format-number.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { type Study, useStudy } from "../../../_components/shell/study-context.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { armLabel, patientHref, primaryEndpoint, type TwinCohort } from "./twin-cohort.ts";
import classes from "./twins.module.css";

/** Whether history supports the trial's patients: scores side by side, and the patients it does not support. */
export function CohortSupport({ cohort, vocabulary }: { cohort: TwinCohort; vocabulary: FrozenModel }) {
  const study = useStudy();
  const endpoint = primaryEndpoint(vocabulary.endpoints, cohort);
  const figure = useMemo(
    () => scoreDistributionFigure(scoreGroups(cohort, study), endpoint.unit),
    [cohort, study, endpoint],
  );
  const outside = cohort.rows.filter((row) => row.outOfSupport);
  const decimals = decimalsForScale(spread(cohort.scores.trial));
  return (
    <Section
      title="What history supports"
      id="support"
      note="A patient is out of support when the baseline values lie farther from the centre of the historical patients than those of 97.5 % of them (squared Mahalanobis distance), or when a single value lies outside the range seen in training."
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl" verticalSpacing="lg">
        <Chart specification={figure} />
        <DataTable
          caption={`Patients out of support (${outside.length} of ${cohort.outOfSupport.of})`}
          rows={outside}
          rowKey={(row) => `${row.study}:${row.patientId}`}
          maxHeight="23rem"
          empty="None: history supports every enrolled patient."
          columns={[
            {
              key: "patient",
              title: "Patient",
              render: (row) => <Link href={patientHref(study.id, row.patientId)}>{row.patientId}</Link>,
            },
            {
              key: "arm",
              title: "Arm",
              render: (row) => <span className={classes.arm}>{armLabel(study, row.arm)}</span>,
            },
            {
              key: "score",
              title: "Score",
              unit: endpoint.unit,
              align: "right",
              render: (row) => formatFixed(row.prognosticScore, decimals),
            },
            {
              key: "why",
              title: "Why",
              render: (row) =>
                row.outsideRange.length === 0
                  ? "far from the historical patients taken together"
                  : `outside the range seen: ${row.outsideRange.join(", ")}`,
            },
          ]}
        />
      </SimpleGrid>
    </Section>
  );
}

function scoreGroups(cohort: TwinCohort, study: Study): ScoreGroup[] {
  const inArm = (armId: string) =>
    cohort.rows.filter((row) => row.arm === armId).map(({ prognosticScore }) => prognosticScore);
  return [
    { name: "history", role: "history", scores: cohort.scores.history },
    ...study.specification.arms.map((arm): ScoreGroup => ({ name: arm.label, role: arm.role, scores: inArm(arm.id) })),
    {
      name: "out of support",
      role: "warning",
      scores: cohort.rows.filter((row) => row.outOfSupport).map(({ prognosticScore }) => prognosticScore),
    },
  ];
}

function spread(scores: readonly number[]): number {
  return scores.length === 0 ? 0 : Math.max(...scores) - Math.min(...scores);
}
