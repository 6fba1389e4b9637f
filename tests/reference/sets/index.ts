import type { ReferenceSet } from "../runner/reference-set.ts";
import { ancovaSet } from "./ancova.ts";

/** Every kind of reference file that the program can compute; the first whose name matches is taken. */
export const referenceSets: readonly ReferenceSet[] = [ancovaSet];
