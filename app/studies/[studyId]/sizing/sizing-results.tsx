"use client";
import { Button, CopyButton } from "@mantine/core";
import { useMemo } from "react";
import { sizingFigure } from "../../../../lib/reporting/figures/sizing-figure.ts";
import { formatCount, formatSignificant } from "../../../../lib/reporting/format-number.ts";
import type { SizingResult } from "../../../../lib/sizing/sizing-document.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { Diagnostics } from "../../../_components/feedback/diagnostics.tsx";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { Verdict } from "../../../_components/feedback/verdict.tsx";
import { ControlOnlyTable } from "./control-only-table.tsx";
import { RunInTable } from "./run-in-table.tsx";
import classes from "./sizing.module.css";
import { SizingTable } from "./sizing-table.tsx";

/** The answer, the three analyses side by side, the control-only option, N over R², the protocol's sentence. */
export function SizingResults({ result }: { result: SizingResult }) {
  const figure = useMemo(() => sizingFigure(result), [result]);
  return (
    <>
      <Answer result={result} />
      <Diagnostics items={result.diagnostics} label="Caveats about the sizing" />
      <SizingTable result={result} />
      <p style={{ fontSize: "0.75rem", color: "var(--ink-soft)", margin: "0.4rem 0 0" }}>
        One-sided α {formatSignificant(result.spec.oneSidedAlpha.value, 3)}, equivalent to two-sided{" "}
        {formatSignificant(result.twoSidedAlphaEquivalent, 3)}; exact noncentral t. Every number opens how it was made.
      </p>
      <Section
        title="Only the control arm smaller"
        note="The treated arm is held at the size ANCOVA needs; the control arm alone shrinks until the power is just kept."
      >
        <ControlOnlyTable result={result} />
      </Section>
      <RunInTable result={result} />
      <Section title="If the twin explains less, or more">
        <Chart specification={figure} />
      </Section>
      <Section
        title="For the protocol"
        side={
          <CopyButton value={result.protocolText}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? "Copied" : "Copy the paragraph"}
              </Button>
            )}
          </CopyButton>
        }
      >
        <p className={classes.paragraph}>{result.protocolText}</p>
      </Section>
    </>
  );
}

function Answer({ result }: { result: SizingResult }) {
  const ancova = result.rows.find((row) => row.analysis === "ancova");
  const twin = result.rows.find((row) => row.analysis === "ancova-with-score");
  if (ancova === undefined || twin === undefined) return null;
  const range = result.range;
  return (
    <Verdict tone={twin.savedVersusAncova > 0 ? "plain" : "warning"}>
      ANCOVA needs {formatCount(ancova.total)} evaluable patients; with the twin's score {formatCount(twin.total)}
      {range !== null &&
        ` (${formatCount(range.totalAtUpper)} to ${formatCount(range.totalAtLower)} over the 95 % interval of its R²)`}
      {savingText(twin.savedVersusAncova, range !== null && range.totalAtLower >= ancova.total)}
    </Verdict>
  );
}

function savingText(saved: number, intervalReachesNone: boolean): string {
  if (saved <= 0) return ": nothing is saved. Plan without twins.";
  const fewer = `: ${formatCount(saved)} fewer`;
  return intervalReachesNone ? `${fewer}, but the interval includes no saving at all.` : `${fewer}.`;
}
