"use client";
import type { SummaryMeasure } from "../../../../lib/analysis/analysis-result.ts";
import { effectsFigure, type LabelledEffect } from "../../../../lib/reporting/figures/effects-figure.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import type { Analyses } from "./client.tsx";

/** The main effect of every analysis, those on one scale in one figure. */
export function EffectOverview({ results }: { results: NonNullable<Analyses["results"]> }) {
  const scales = new Map<SummaryMeasure, LabelledEffect[]>();
  for (const { planned, outcome } of results.analyses) {
    if (outcome.kind === "refused") continue;
    const shown = outcome.report.effects.slice(0, 3);
    for (const { label, result } of shown) {
      const rows = scales.get(result.summaryMeasure) ?? [];
      scales.set(result.summaryMeasure, [
        ...rows,
        { label: shown.length === 1 ? planned.name : `${planned.name}: ${label}`, result },
      ]);
    }
  }
  const shown = [...scales].filter(([, effects]) => effects.length > 1);
  if (shown.length === 0) return null;
  return (
    <Section title="Effects side by side" note="The first effects of every analysis that is on the same scale.">
      {shown.map(([measure, effects]) => (
        <Chart key={measure} specification={effectsFigure(measure, effects)} />
      ))}
    </Section>
  );
}
