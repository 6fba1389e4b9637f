import type { ReactNode } from "react";
import classes from "./feedback.module.css";

/** Title, one sentence that answers, and the actions of a page. */
export function PageHeader(props: { title: string; lede?: ReactNode; actions?: ReactNode }) {
  return (
    <header className={classes.pageHeader}>
      <div className={classes.pageHeaderText}>
        <h1>{props.title}</h1>
        {props.lede !== undefined && <p className={classes.lede}>{props.lede}</p>}
      </div>
      {props.actions !== undefined && <div className={classes.actions}>{props.actions}</div>}
    </header>
  );
}

/** A titled part of a page; the side holds its switches. */
export function Section(props: {
  title: string;
  id?: string;
  side?: ReactNode;
  note?: ReactNode;
  children: ReactNode;
}) {
  const id = props.id ?? props.title.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return (
    <section className={classes.section} aria-labelledby={`${id}-title`} id={id}>
      <div className={classes.sectionHead}>
        <h2 id={`${id}-title`}>{props.title}</h2>
        {props.side !== undefined && <div className={classes.actions}>{props.side}</div>}
      </div>
      {props.note !== undefined && <p className={classes.note}>{props.note}</p>}
      {props.children}
    </section>
  );
}
