"use client";
import Link from "next/link";
import { StateLabel } from "../../_components/feedback/state-label.tsx";
import type { Study } from "../../_components/shell/study-context.tsx";
import classes from "./overview.module.css";

const names: Readonly<Record<Study["steps"][number]["key"], string>> = {
  data: "Data",
  model: "Model",
  twins: "Twins",
  sizing: "Sizing",
  designs: "Designs",
  simulations: "Simulations",
  analysis: "Analysis",
  dossier: "Dossier",
  audit: "Audit",
};

/** The steps of the work with their state; the one to take next is highlighted. */
export function StepList({ study }: { study: Study }) {
  return (
    <ol className={classes.steps} aria-label="Steps of the study">
      {study.steps.map((step, index) => {
        const href = `/studies/${study.id}/${step.key}`;
        const isNext = study.next.href.split("?")[0]?.startsWith(href) === true;
        return (
          <li key={step.key} data-next={isNext}>
            <Link href={href} {...(isNext ? { "aria-current": "step" as const } : {})}>
              <span className={classes.number}>{index + 1}</span>
              <span className={classes.name}>{names[step.key]}</span>
              <StateLabel state={step.state} />
              <span className={classes.detail}>{step.detail}</span>
            </Link>
          </li>
        );
      })}
    </ol>
  );
}
