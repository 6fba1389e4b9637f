import type { FrozenModel } from "../../../../../lib/progression/model-document.ts";
import { endpointLabel } from "../../../../../lib/reporting/figures/figure-labels.ts";
import { decimalsForScale, formatFixed, MISSING } from "../../../../../lib/reporting/format-number.ts";
import { DataTable } from "../../../../_components/table/data-table.tsx";
import type { TwinCohort } from "../twin-cohort.ts";
import type { TwinPatient } from "./twin-patient.ts";

/** The historical patients that resemble this one most, with where they began and where they were last seen. */
export function NearestTable(props: { patient: TwinPatient; vocabulary: FrozenModel; cohort: TwinCohort }) {
  const { patient, vocabulary, cohort } = props;
  const { endpointId } = cohort.primary;
  const course = (patientId: string, study: string) =>
    patient.nearestCourses
      .find((entry) => entry.patientId === patientId && entry.study === study)
      ?.courses.find((entry) => entry.endpointId === endpointId)?.points ?? [];
  const shown = (point: { day: number; value: number } | undefined) =>
    point === undefined
      ? MISSING
      : `${formatFixed(point.value, decimalsForScale(Math.abs(point.value)))} (day ${formatFixed(point.day, 0)})`;
  const label = endpointLabel(vocabulary, endpointId);
  return (
    <DataTable
      caption="Nearest historical patients"
      captionHidden
      rows={patient.twin.nearest}
      rowKey={(row) => `${row.study}:${row.patientId}`}
      empty="The model keeps no historical patients to compare with."
      columns={[
        { key: "patient", title: "Historical patient", render: (row) => row.patientId },
        { key: "study", title: "Study", render: (row) => row.study },
        { key: "distance", title: "Distance", align: "right", render: (row) => formatFixed(row.distance, 3) },
        {
          key: "first",
          title: `${label}, first`,
          align: "right",
          render: (row) => shown(course(row.patientId, row.study)[0]),
        },
        {
          key: "last",
          title: `${label}, last`,
          align: "right",
          render: (row) => shown(course(row.patientId, row.study).at(-1)),
        },
      ]}
    />
  );
}
