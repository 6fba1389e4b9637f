"use client";
import { SimpleGrid } from "@mantine/core";
import { useMemo } from "react";
import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import { calibrationFigure } from "../../../../lib/reporting/figures/calibration-figure.ts";
import { coverageFigure } from "../../../../lib/reporting/figures/coverage-figure.ts";
import { endpointLabel, visitLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import { pitFigure } from "../../../../lib/reporting/figures/pit-figure.ts";
import { rmseFigure } from "../../../../lib/reporting/figures/rmse-figure.ts";
import { subgroupFigure } from "../../../../lib/reporting/figures/subgroup-figure.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { ChoiceBar } from "../../../_components/form/choice-bar.tsx";
import { useUrlValue } from "../../../_lib/url-state.ts";
import { CalibrationTable } from "./calibration-table.tsx";
import { CoverageTable } from "./coverage-table.tsx";
import { SubgroupTable } from "./subgroup-table.tsx";

/** Whether predictions and bands can be believed, for one endpoint and visit at a time. */
export function Trustworthiness({ model }: { model: FrozenModel }) {
  const [endpointId, setEndpointId] = useUrlValue("endpoint", model.training.primary.endpointId);
  const [visitId, setVisitId] = useUrlValue("visit", model.training.primary.visitId);
  const figures = useMemo(
    () => ({
      coverage: coverageFigure(model, endpointId),
      rmse: rmseFigure(model, endpointId),
      calibration: calibrationFigure(model, endpointId, visitId),
      pit: pitFigure(model, endpointId, visitId),
      subgroups: subgroupFigure(model, endpointId, visitId),
    }),
    [model, endpointId, visitId],
  );
  const hasSubgroups = model.evaluation.subgroups.some(
    (row) => row.endpointId === endpointId && row.visitId === visitId,
  );
  // A federated model knows no groups of patients and no histogram.
  const bySinglePatients = model.evaluation.calibration.some(({ groups }) => groups.length > 0);
  return (
    <Section
      title="Whether its predictions can be trusted"
      id="trust"
      side={
        <>
          <ChoiceBar
            label="Endpoint"
            value={endpointId}
            onChange={setEndpointId}
            choices={model.endpoints.map(({ id }) => ({ value: id, label: endpointLabel(model, id) }))}
          />
          <ChoiceBar
            label="Visit"
            value={visitId}
            onChange={setVisitId}
            choices={model.visits.map(({ id }) => ({ value: id, label: visitLabel(model, id) }))}
          />
        </>
      }
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="xl" verticalSpacing="xl">
        {bySinglePatients && <Chart specification={figures.calibration} />}
        {bySinglePatients && <Chart specification={figures.pit} />}
        <Chart specification={figures.coverage} />
        <Chart specification={figures.rmse} />
      </SimpleGrid>
      <div style={{ marginTop: "1rem" }}>
        <CoverageTable model={model} endpointId={endpointId} />
        <CalibrationTable model={model} endpointId={endpointId} />
      </div>
      {hasSubgroups && (
        <div style={{ marginTop: "1.5rem" }}>
          <Chart specification={figures.subgroups} />
          <SubgroupTable model={model} endpointId={endpointId} visitId={visitId} />
        </div>
      )}
    </Section>
  );
}
