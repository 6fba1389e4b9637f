import type { ProgramCode } from "../../program-code/program-code.ts";
import type { MmrmProgramInput } from "./mmrm-program-input.ts";
import { rProgram } from "./mmrm-program-r.ts";
import { sasProgram, sasProgramNote } from "./mmrm-program-sas.ts";

/**
 * R and SAS programs of a mixed model for repeated measures. The R program computes everything with base R; where nlme and
 * mmrm are installed it prints their fits beside it.
 */
export function mmrmProgramCode(input: MmrmProgramInput): ProgramCode {
  return { r: rProgram(input), rPackages: [], sas: sasProgram(input), sasNote: sasProgramNote(input) };
}
