"use client";
import { createContext, useContext } from "react";
import type { RouterOutputs } from "../../_lib/trpc.ts";

export type Study = RouterOutputs["study"]["get"];

const StudyContext = createContext<Study | null>(null);

export const StudyProvider = StudyContext.Provider;

/** The study of the page; only below `StudyFrame`. */
export function useStudy(): Study {
  const study = useContext(StudyContext);
  if (study === null) throw new Error("useStudy is only for pages of a study");
  return study;
}
