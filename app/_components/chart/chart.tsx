"use client";
import { Menu } from "@mantine/core";
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import { chartHeight, chartMinimumWidth } from "../../../lib/reporting/chart-size.ts";
import type { ChartSpecification } from "../../../lib/reporting/chart-specification.ts";
import { chartCsv, chartTable } from "../../../lib/reporting/chart-table.ts";
import { formatSignificant } from "../../../lib/reporting/format-number.ts";
import { DataTable } from "../table/data-table.tsx";
import classes from "./chart.module.css";
import { downloadPng, downloadText, fileNameFrom } from "./download.ts";
import { nextPlace, type PointPlace, showPoint, valueAt } from "./point-walk.ts";
import { usePlot } from "./use-plot.ts";

const walkKeys = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

/** The one chart of the program: figure, its data as a table one key away, and its downloads. */
export function Chart(props: {
  specification: ChartSpecification;
  height?: number;
  hideDescription?: boolean;
  /** Called with the data of a mark that is clicked, or reached by the arrow keys and chosen with Enter. */
  onPick?: (value: unknown) => void;
}) {
  const { specification } = props;
  const height = props.height ?? chartHeight(specification, false);
  const [asTable, setAsTable] = useState(false);
  const [place, setPlace] = useState<PointPlace | null>(null);
  const [spoken, setSpoken] = useState("");
  const { element, chart } = usePlot(specification, !asTable, props.onPick);
  const table = useMemo(() => chartTable(specification), [specification]);
  const toggle = useRef<HTMLButtonElement>(null);
  const titleId = useId();
  const name = fileNameFrom(specification.title);

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "t" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      setAsTable((shown) => !shown);
      toggle.current?.focus();
      return;
    }
    if (chart.current === null || event.target !== element.current) return;
    if (event.key === "Enter" && place !== null) props.onPick?.(valueAt(chart.current, place));
    if (!walkKeys.has(event.key)) return;
    event.preventDefault();
    const next = nextPlace(chart.current, place, event.key);
    if (next === null) return;
    setPlace(next);
    setSpoken(showPoint(chart.current, next));
  }

  function svgText(): string | null {
    return element.current?.querySelector("svg")?.outerHTML ?? null;
  }

  function download(kind: "svg" | "png" | "csv") {
    if (kind === "csv") return downloadText(`${name}.csv`, "text/csv", chartCsv(specification));
    const svg = svgText();
    if (svg === null || element.current === null) return;
    if (kind === "svg") downloadText(`${name}.svg`, "image/svg+xml", svg);
    else void downloadPng(`${name}.png`, svg, element.current.clientWidth, element.current.clientHeight);
  }

  return (
    <figure className={classes.figure} aria-labelledby={titleId} onKeyDown={onKeyDown}>
      <div className={classes.head}>
        <figcaption className={classes.title} id={titleId}>
          {specification.title}
        </figcaption>
        <div className={classes.tools}>
          <button
            ref={toggle}
            type="button"
            className={classes.tool}
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? "Figure" : "Table"}
          </button>
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <button type="button" className={classes.tool} aria-label={`Download: ${specification.title}`}>
                Download
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item disabled={asTable} onClick={() => download("svg")}>
                Figure as SVG
              </Menu.Item>
              <Menu.Item disabled={asTable} onClick={() => download("png")}>
                Figure as PNG
              </Menu.Item>
              <Menu.Item onClick={() => download("csv")}>Data as CSV</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
      </div>
      {asTable ? (
        <DataTable
          caption={specification.title}
          captionHidden
          maxHeight={`${height}px`}
          rows={table.rows}
          rowKey={(_, index) => String(index)}
          columns={table.columns.map((title, index) => ({
            key: `${index}:${title}`,
            title,
            align: table.rows.some((row) => typeof row[index] === "number") ? ("right" as const) : ("left" as const),
            render: (row: readonly (string | number)[]) => shown(row[index] ?? ""),
          }))}
        />
      ) : (
        <div className={classes.scroller}>
          <div
            ref={element}
            className={classes.plot}
            style={{ height, minWidth: chartMinimumWidth(specification) }}
            role="application"
            aria-roledescription="chart"
            aria-label={`${specification.title}. ${specification.description} Arrow keys step through the values, ${props.onPick === undefined ? "" : "Enter opens one, "}T shows the table.`}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard walks through the points
            tabIndex={0}
          />
        </div>
      )}
      <output className="sr-only" aria-live="polite">
        {spoken}
      </output>
      {props.hideDescription !== true && specification.description !== "" && (
        <p className={classes.description}>{specification.description}</p>
      )}
    </figure>
  );
}

/** The figure's resolution: four significant digits; the download keeps them all. */
function shown(value: string | number): string {
  return typeof value === "number" ? formatSignificant(value, 4) : value;
}
