import type { ReactNode } from "react";
import classes from "./data-table.module.css";
import { ScrollFrame } from "./scroll-frame.tsx";

export interface TableColumn<Row> {
  readonly key: string;
  readonly title: ReactNode;
  /** Printed after the title; every column with numbers says its unit. */
  readonly unit?: string;
  readonly align?: "left" | "right";
  readonly render: (row: Row, index: number) => ReactNode;
  readonly width?: string;
}

interface DataTableProps<Row> {
  /** What the table shows; read out, and printed above it unless `captionHidden`. */
  readonly caption: string;
  readonly captionHidden?: boolean;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row, index: number) => string;
  readonly rowState?: (row: Row) => "selected" | "reference" | undefined;
  /** Longest height before the table scrolls inside itself. */
  readonly maxHeight?: string;
  readonly empty?: string;
  /** As wide as its content instead of the page: for tables of few columns. */
  readonly narrow?: boolean;
  /** Cells stay on one line. */
  readonly nowrap?: boolean;
}

/** The one table: first column heads the row and stays in sight, the rest scrolls inside itself. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  return (
    <ScrollFrame label={props.caption} maxHeight={props.maxHeight} narrow={props.narrow === true}>
      <table className={classes.table} data-narrow={props.narrow === true} data-nowrap={props.nowrap === true}>
        <caption className={props.captionHidden === true ? "sr-only" : classes.caption}>{props.caption}</caption>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.key} scope="col" data-align={column.align ?? "left"} style={{ width: column.width }}>
                {column.title}
                {column.unit !== undefined && column.unit !== "" && (
                  <span className={classes.unit}> {column.unit}</span>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, index) => (
            <tr key={props.rowKey(row, index)} data-state={props.rowState?.(row)}>
              {props.columns.map((column, place) =>
                place === 0 ? (
                  <th key={column.key} scope="row" data-align={column.align ?? "left"}>
                    {column.render(row, index)}
                  </th>
                ) : (
                  <td key={column.key} data-align={column.align ?? "left"}>
                    {column.render(row, index)}
                  </td>
                ),
              )}
            </tr>
          ))}
          {props.rows.length === 0 && (
            <tr>
              <td colSpan={props.columns.length} className={classes.none}>
                {props.empty ?? "No rows."}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </ScrollFrame>
  );
}
