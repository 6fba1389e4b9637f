"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { StateLabel } from "../feedback/state-label.tsx";
import classes from "./frame.module.css";
import type { Study } from "./study-context.tsx";

const stations = [
  { key: "overview", label: "Overview", segment: "" },
  { key: "data", label: "Data", segment: "/data" },
  { key: "model", label: "Model", segment: "/model" },
  { key: "twins", label: "Twins", segment: "/twins" },
  { key: "sizing", label: "Sizing", segment: "/sizing" },
  { key: "calculations", label: "Calculations", segment: "/calculations" },
  { key: "designs", label: "Designs", segment: "/designs" },
  { key: "simulations", label: "Simulations", segment: "/simulations" },
  { key: "analysis", label: "Analysis", segment: "/analysis" },
  { key: "dossier", label: "Dossier", segment: "/dossier" },
  { key: "audit", label: "Audit", segment: "/audit" },
] as const;

/** The way through a study, in the order the work goes, each step with its state. */
export function StudyPath({ study }: { study: Study }) {
  const pathname = usePathname();
  const base = `/studies/${study.id}`;
  return (
    <ol className={classes.path}>
      {stations.map((station) => {
        const href = `${base}${station.segment}`;
        const here = station.segment === "" ? pathname === base : pathname.startsWith(href);
        const step = study.steps.find((candidate) => candidate.key === station.key);
        return (
          <li key={station.key}>
            <Link href={href} aria-current={here ? "page" : undefined}>
              <span>{station.label}</span>
              {step !== undefined && <StateLabel state={step.state} iconOnly />}
              {step !== undefined && step.detail !== "" && <span className={classes.stepDetail}>{step.detail}</span>}
            </Link>
          </li>
        );
      })}
    </ol>
  );
}
