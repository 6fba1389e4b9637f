"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../_lib/trpc.ts";
import classes from "./frame.module.css";

/** What the store promises, where the work is done. */
export function StoragePromise() {
  const trpc = useTRPC();
  const me = useQuery(trpc.session.me.queryOptions());
  if (me.data === undefined) return null;
  return (
    <p className={classes.storage}>
      {me.data.storage === "embedded"
        ? "Embedded database: survives a crash of the program, not a power cut. Set DATABASE_URL to use PostgreSQL."
        : "PostgreSQL"}
    </p>
  );
}
