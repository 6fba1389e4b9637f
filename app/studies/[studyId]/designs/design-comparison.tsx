"use client";
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { boundaryFigure } from "../../../../lib/reporting/figures/boundary-figure.ts";
import { formatCount, formatFixed, formatPercent } from "../../../../lib/reporting/format-number.ts";
import { type DesignDescription, describeDesign } from "../../../../lib/simulation/describe-design.ts";
import { analysisParts } from "../../../../lib/simulation/simulated-analysis.ts";
import type { TrialDesign } from "../../../../lib/simulation/simulation-document.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { alphaText, efficacyText, futilityText, looksText } from "./design-words.ts";
import classes from "./designs.module.css";

/** Two designs side by side; what differs is set in medium weight and marked. */
export function DesignComparison(props: { left: TrialDesign; right: TrialDesign; onClose: () => void }) {
  const { left, right } = props;
  const lines = useMemo(() => comparedLines(left, right), [left, right]);
  const figures = useMemo(
    () => [left, right].map((design) => boundaryFigure(design.name, describeDesign(design).looks)),
    [left, right],
  );
  const cell = (text: string, differs: boolean) => <span className={differs ? classes.differs : ""}>{text}</span>;
  return (
    <Section
      title="Side by side"
      side={
        <Button variant="default" onClick={props.onClose}>
          Close the comparison
        </Button>
      }
    >
      <DataTable
        caption={`${left.name} and ${right.name}`}
        captionHidden
        rows={lines}
        rowKey={(line) => line.label}
        columns={[
          { key: "label", title: "Field", width: "14rem", render: (line) => line.label },
          { key: "left", title: left.name, render: (line) => cell(line.left, line.left !== line.right) },
          { key: "right", title: right.name, render: (line) => cell(line.right, line.left !== line.right) },
          { key: "differs", title: "Same?", render: (line) => (line.left === line.right ? "same" : "differs") },
        ]}
      />
      <div className={classes.pair}>
        {figures.map((figure, index) => (
          <Chart key={index === 0 ? "left" : "right"} specification={figure} height={280} />
        ))}
      </div>
    </Section>
  );
}

interface ComparedLine {
  readonly label: string;
  readonly left: string;
  readonly right: string;
}

function comparedLines(left: TrialDesign, right: TrialDesign): ComparedLine[] {
  const [a, b] = [factsOf(left), factsOf(right)];
  return a.map(([label, text], index) => ({ label, left: text, right: b[index]?.[1] ?? "" }));
}

function factsOf(design: TrialDesign): (readonly [label: string, text: string])[] {
  const description = describeDesign(design);
  const perLook = (pick: (look: DesignDescription["looks"][number]) => number | null, decimals: number) =>
    description.looks
      .map((look) => {
        const value = pick(look);
        return value === null ? "none" : formatFixed(value, decimals);
      })
      .join(", ");
  return [
    ["N total", formatCount(description.total)],
    ["Experimental", formatCount(design.experimental)],
    ["Control", formatCount(design.control)],
    ["One-sided α", alphaText(design, description.twoSidedAlphaEquivalent)],
    ["Analysis", analysisParts(design.analysis).name],
    ["Looks", looksText(design)],
    ["Efficacy", efficacyText(design)],
    ["Efficacy bounds (z)", perLook((look) => look.efficacyBound, 4)],
    ["Futility", futilityText(design)],
    ["Futility bounds (z)", perLook((look) => look.futilityBound, 4)],
    ["α spent (cumulative)", perLook((look) => look.alphaSpent, 5)],
    ["Patients with endpoint at the end, no effect", formatPercent(description.expectedFraction.underNull)],
  ];
}
