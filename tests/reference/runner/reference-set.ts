import type { ReferenceCase, ReferenceFile } from "./reference-file.ts";

/** How the cases of one kind of file are computed and compared. */
export interface ReferenceSet {
  /** Names of the files, without ".json", that hold such cases. */
  readonly files: RegExp;
  /**
   * Values computed by the program from the case's inputs alone, in the shape of `expected`; every leaf of `expected` is
   * looked up in it. Never reads `expected`.
   */
  readonly evaluate: (item: ReferenceCase, file: ReferenceFile) => unknown;
  /** Largest permitted absolute deviation at a leaf. */
  readonly tolerance: (leaf: ReferenceLeaf) => number;
  /** Leaves that are not compared, each with the reason (e.g. the name of R's optimizer). */
  readonly notCompared?: readonly { readonly path: RegExp; readonly reason: string }[];
}

/** One number of `expected`. */
export interface ReferenceLeaf {
  /** Keys and indices joined by ".", e.g. "coef.se.3". */
  readonly path: string;
  readonly expected: number;
  readonly item: ReferenceCase;
  readonly file: ReferenceFile;
  /** Value of `expected` at another path, e.g. the standard error that scales an estimate. */
  readonly expectedAt: (path: string) => unknown;
}
