/** A reference value shown to be wrong, with the third source that decides. */
export interface DisputedCase {
  /** Name of the file without ".json". */
  readonly file: string;
  readonly id: string;
  /** Values concerned; every other value of the case must still agree. */
  readonly path: RegExp;
  /** What is wrong and what decides. */
  readonly reason: string;
}

export const disputedCases: readonly DisputedCase[] = [];
