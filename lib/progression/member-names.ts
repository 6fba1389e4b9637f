import type { MemberId } from "./member-parameters.ts";

/** Names of the members for the reader, where loading the members themselves would be too much. */
export const memberNames: Readonly<Record<MemberId, string>> = {
  "baseline-ancova": "ANCOVA on baseline value and strata",
  "gaussian-joint": "Gaussian joint model",
  "mixed-effects": "Mixed-effects model",
  "ridge-transition": "Transition model (ridge)",
  "boosted-transition": "Transition model (boosted trees)",
  "disease-course": "Disease-course map",
  "neural-boltzmann": "Neural Boltzmann machine",
  "discrete-transition": "Transition model of discrete outcomes",
};
