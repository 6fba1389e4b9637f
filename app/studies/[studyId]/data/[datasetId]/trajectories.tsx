"use client";
import { useMemo } from "react";
import { mappedEndpoints } from "../../../../../lib/data/mapping-spec.ts";
import { trajectoryFigure } from "../../../../../lib/reporting/figures/trajectory-figure.ts";
import { Chart } from "../../../../_components/chart/chart.tsx";
import { ChoiceBar } from "../../../../_components/form/choice-bar.tsx";
import type { RouterOutputs } from "../../../../_lib/trpc.ts";
import { useUrlValue } from "../../../../_lib/url-state.ts";

type Dataset = RouterOutputs["dataset"]["get"];

/** Courses by arm of one endpoint: thin lines are patients, the strong line is the mean. */
export function Trajectories({ dataset }: { dataset: Dataset }) {
  const endpoints = mappedEndpoints(dataset.mapping);
  const [endpointId, setEndpointId] = useUrlValue("endpoint", endpoints[0]?.id ?? "");
  const figure = useMemo(() => figureOf(dataset, endpointId), [dataset, endpointId]);
  if (figure === null) return null;
  return (
    <>
      <ChoiceBar
        label="Endpoint"
        value={endpointId}
        onChange={setEndpointId}
        choices={endpoints.map((endpoint) => ({ value: endpoint.id, label: endpoint.label }))}
      />
      <Chart specification={figure} height={380} />
    </>
  );
}

function figureOf(dataset: Dataset, endpointId: string) {
  const { mapping } = dataset;
  const endpoint = mappedEndpoints(mapping).find(({ id }) => id === endpointId);
  if (endpoint === undefined) return null;
  const arms = mapping.arm.kind === "column" ? mapping.arm.arms.map(({ arm }) => arm) : [mapping.arm.arm];
  return trajectoryFigure(
    endpoint,
    dataset.trajectories
      .filter((trajectory) => trajectory.endpointId === endpointId)
      .flatMap((trajectory) => {
        const arm = arms.find(({ id }) => id === trajectory.armId);
        if (arm === undefined) return [];
        return [
          {
            arm,
            historical: dataset.role === "historical-control",
            points: trajectory.points.flatMap(({ day, n, mean, lower, upper }) =>
              lower === null || upper === null ? [] : [{ day, n, mean, lower, upper }],
            ),
            lines: trajectory.lines.map((line) => line.map(({ day, value }) => [day, value] as const)),
          },
        ];
      }),
  );
}
