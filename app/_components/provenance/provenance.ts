import type { ProgramCode } from "../../../lib/program-code/program-code.ts";

/** How a number came about: the same record for every number of the program. */
export interface ProvenanceEntry {
  /** Stable within a page; stands in the address while the drawer is open. */
  readonly id: string;
  readonly title: string;
  /** The number as printed, with its unit. */
  readonly value: string;
  /** Interval or Monte Carlo standard error, as printed; absent only for exact quantities. */
  readonly uncertainty?: string;
  readonly method: string;
  /** Labels of the equations in the methods documents. */
  readonly formulas?: readonly string[];
  readonly inputs?: readonly ProvenanceInput[];
  /** Hashes, seed, engine version. */
  readonly identities?: readonly { readonly label: string; readonly value: string }[];
  readonly checks?: readonly string[];
  /** Programs that give the number again; `codeData` is the address of the file that they read. */
  readonly code?: ProgramCode;
  readonly codeData?: { readonly fileName: string; readonly href: string };
  readonly downloads?: readonly { readonly label: string; readonly href: string }[];
}

export type InputSource = "user" | "derived" | "default";

export interface ProvenanceInput {
  readonly label: string;
  readonly value: string;
  readonly source: InputSource;
  readonly note?: string;
}
