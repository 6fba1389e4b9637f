"use client";
import { Button, Group, NumberInput } from "@mantine/core";
import { useState } from "react";
import { type ExportFormat, exportEndings } from "../../../../lib/data/export-table.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { ChoiceBar } from "../../../_components/form/choice-bar.tsx";
import type { Twins } from "./twin-cohort.ts";

const FORMATS: readonly { readonly value: ExportFormat; readonly label: string }[] = [
  { value: "csv", label: "CSV" },
  { value: "xpt-v5", label: "SAS transport v5" },
  { value: "xpt-v8", label: "SAS transport v8" },
  { value: "dataset-json", label: "Dataset-JSON 1.1" },
];

/** Twins as data sets for other programs. */
export function TwinDownloads({ twins }: { twins: Twins }) {
  const [format, setFormat] = useState<ExportFormat>("csv");
  const [draws, setDraws] = useState<number | string>(20);
  const href = (name: string) => `/api/twins/${twins.id}/${name}.${exportEndings[format]}`;
  const whole = Number.isInteger(draws) ? draws : 20;
  return (
    <Section
      title="Twins as data"
      id="data"
      note="One row per patient, endpoint and visit: the exact mean, variance and quantiles of the twin, the observed value and the prognostic score (ADTWIN); drawn trajectories (ADTWIND); covariances (ADTWINC)."
    >
      <Group align="end" gap="lg">
        <ChoiceBar
          label="Format"
          value={format}
          onChange={(value) => setFormat(FORMATS.find((one) => one.value === value)?.value ?? "csv")}
          choices={FORMATS}
        />
        <NumberInput
          label="Trajectories per patient"
          value={draws}
          onChange={setDraws}
          min={1}
          max={1000}
          allowDecimal={false}
          w="11rem"
        />
      </Group>
      <Group mt="md">
        <Button component="a" href={href("adtwin")} download variant="default">
          Means and quantiles
        </Button>
        <Button component="a" href={`${href("adtwind")}?draws=${whole}&seed=1`} download variant="default">
          Drawn trajectories
        </Button>
        <Button component="a" href={href("adtwinc")} download variant="default">
          Covariances
        </Button>
      </Group>
    </Section>
  );
}
