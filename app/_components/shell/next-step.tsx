"use client";
import { Anchor } from "@mantine/core";
import Link from "next/link";
import { usePathname } from "next/navigation";
import classes from "./frame.module.css";
import type { Study } from "./study-context.tsx";

/** Where the work goes on, at the foot of every page of a study but the one where it is and the overview, which says it first. */
export function NextStep({ study }: { study: Study }) {
  const pathname = usePathname();
  const overview = `/studies/${study.id}`;
  if (pathname === overview || pathname === study.next.href) return null;
  return (
    <p className={classes.nextStep}>
      Next in this study:{" "}
      <Anchor component={Link} href={study.next.href} underline="always" fz="inherit">
        {study.next.label}
      </Anchor>
    </p>
  );
}
