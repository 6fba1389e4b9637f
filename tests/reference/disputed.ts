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

export const disputedCases: readonly DisputedCase[] = [
  {
    file: "gs_boundaries",
    id: "bound_asOF__k_5_a_0.025_s_2_u5",
    path: /^criticalValues\.1$/,
    reason:
      "rpact's second bound 4.412427 has the level 5.11091e-6 (its own stageLevels), while it reports to spend 5.11133e-6 a side by then and none before (first bound out of reach, 7.81); integrated with mpmath at 40 digits the bound is 4.412409194179456",
  },
];
