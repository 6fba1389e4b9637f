import { alzheimerStudy } from "./alzheimer/alzheimer-study.ts";
import { pbcStudy } from "./pbc/pbc-study.ts";
import type { SampleStudy } from "./sample-study.ts";

export const sampleStudies: readonly SampleStudy[] = [pbcStudy, alzheimerStudy];

export function sampleStudy(id: SampleStudy["id"]): SampleStudy {
  return id === "pbc" ? pbcStudy : alzheimerStudy;
}
