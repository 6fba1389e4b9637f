"use client";
import { NativeSelect, Switch } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { FrozenModel } from "../../../../../lib/progression/model-document.ts";
import { twinFanFigure } from "../../../../../lib/reporting/figures/twin-fan-figure.ts";
import { updatedForecastFigure } from "../../../../../lib/reporting/figures/updated-forecast-figure.ts";
import type { UpdatedForecast } from "../../../../../lib/twins/twin-document.ts";
import { Chart } from "../../../../_components/chart/chart.tsx";
import { QueryGate } from "../../../../_components/feedback/query-gate.tsx";
import { useStudy } from "../../../../_components/shell/study-context.tsx";
import { useTRPC } from "../../../../_lib/trpc.ts";
import { useUrlState } from "../../../../_lib/url-state.ts";
import { isTreated, type TwinCohort, type Twins } from "../twin-cohort.ts";
import classes from "../twins.module.css";
import type { TwinPatient } from "./twin-patient.ts";

interface FansProps {
  readonly patient: TwinPatient;
  readonly twins: Twins;
  readonly cohort: TwinCohort;
  readonly vocabulary: FrozenModel;
}

/** A fan per endpoint; the switch replaces all of them by the updated forecast. */
export function TwinFans(props: FansProps) {
  const study = useStudy();
  const { params, write } = useUrlState();
  const { visits } = props.vocabulary;
  const through = visits.find((visit) => visit.id === params.get("forecast"));
  const treated = isTreated(study, props.patient.twin.arm);
  return (
    <>
      <div className={classes.forecast} data-on={through !== undefined}>
        <Switch
          label="updated forecast"
          checked={through !== undefined}
          onChange={(event) => write({ forecast: event.currentTarget.checked ? (visits[0]?.id ?? null) : null })}
        />
        {through !== undefined && (
          <NativeSelect
            aria-label="Visits used by the updated forecast"
            value={through.id}
            onChange={(event) => write({ forecast: event.currentTarget.value })}
            data={visits.map((visit) => ({ value: visit.id, label: `up to ${visit.label}` }))}
          />
        )}
        <p>{through === undefined ? offText : treated ? treatedText : controlText}</p>
      </div>
      {through === undefined ? (
        <CourseUnderControl {...props} treated={treated} />
      ) : (
        <Forecast {...props} through={through} treated={treated} />
      )}
    </>
  );
}

const offText = "Off: the figures show the twin, from baseline only.";
const controlText =
  "The updated forecast uses visits after baseline. It never enters a score or a comparison; the twin from baseline only does.";
const treatedText =
  "This patient is treated: the updated forecast uses visits under treatment, so it is not the course under control. It never enters a score or a comparison.";

function CourseUnderControl(props: FansProps & { treated: boolean }) {
  const { patient, cohort, vocabulary, treated } = props;
  const figures = useMemo(
    () =>
      cohort.endpointIds.flatMap((endpointId, endpointIndex) => {
        const endpoint = vocabulary.endpoints.find(({ id }) => id === endpointId);
        if (endpoint === undefined) return [];
        const nearestCourses = patient.nearestCourses.flatMap(({ courses }) =>
          courses
            .filter((course) => course.endpointId === endpointId)
            .map((course) => course.points.map(({ day, value }) => [day, value] as const)),
        );
        return [
          twinFanFigure({
            twin: patient.twin,
            endpoint,
            endpointIndex,
            visits: vocabulary.visits,
            bandLevels: cohort.bandLevels,
            nearestCourses,
            experimental: treated,
            patientLabel: `Patient ${patient.twin.patientId}`,
          }),
        ];
      }),
    [patient, cohort, vocabulary, treated],
  );
  return (
    <div className={classes.fans}>
      {figures.map((figure) => (
        <Chart key={figure.title} specification={figure} height={360} />
      ))}
    </div>
  );
}

type Visit = FrozenModel["visits"][number];

function Forecast(props: FansProps & { through: Visit; treated: boolean }) {
  const trpc = useTRPC();
  const forecast = useQuery(
    trpc.twins.updatedForecast.queryOptions(
      { twinSetId: props.twins.id, patientId: props.patient.twin.patientId, throughVisit: props.through.id },
      { staleTime: 60_000, placeholderData: keepPreviousData },
    ),
  );
  return <QueryGate query={forecast}>{(data) => <ForecastFigures {...props} forecast={data} />}</QueryGate>;
}

function ForecastFigures(props: FansProps & { through: Visit; treated: boolean; forecast: UpdatedForecast }) {
  const { patient, cohort, vocabulary, treated, through, forecast } = props;
  const figures = useMemo(
    () =>
      cohort.endpointIds.flatMap((endpointId, endpointIndex) => {
        const endpoint = vocabulary.endpoints.find(({ id }) => id === endpointId);
        if (endpoint === undefined) return [];
        return [
          updatedForecastFigure({
            forecast,
            twin: patient.twin,
            endpoint,
            endpointIndex,
            visits: vocabulary.visits,
            bandLevels: cohort.bandLevels,
            throughVisit: through,
            experimental: treated,
            patientLabel: `Patient ${patient.twin.patientId}`,
          }),
        ];
      }),
    [patient, cohort, vocabulary, treated, through, forecast],
  );
  return (
    <div className={classes.fans}>
      {figures.map((figure) => (
        <Chart key={figure.title} specification={figure} height={360} />
      ))}
    </div>
  );
}
