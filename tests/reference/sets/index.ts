import type { ReferenceSet } from "../runner/reference-set.ts";
import { ancovaSet } from "./ancova.ts";
import { basicTestsSet } from "./basic-tests.ts";
import { binaryGcompSet } from "./binary-gcomp.ts";
import { distributionsSet } from "./distributions.ts";
import { groupSequentialAnalysisSet } from "./gs-analysis.ts";
import { groupSequentialBoundariesSet } from "./gs-boundaries.ts";
import { groupSequentialCharacteristicsSet } from "./gs-characteristics.ts";
import { conditionalPowerSet } from "./gs-conditional-power.ts";
import { gsDesignSet } from "./gs-gsdesign.ts";
import { lmmSet } from "./lmm.ts";
import { lmmNlmeSet } from "./lmm-nlme.ts";
import { mmrmSet } from "./mmrm.ts";
import { powerGroupSequentialSet } from "./power-groupseq.ts";
import { powerLongitudinalSet } from "./power-longitudinal.ts";
import { powerMeansSet } from "./power-means.ts";
import { powerRatesSet } from "./power-rates.ts";
import { powerSurvivalSet } from "./power-survival.ts";
import { publishedSet } from "./published.ts";
import { rbmiSet } from "./rbmi.ts";
import { rubinSet } from "./rubin.ts";
import { survivalSet } from "./survival.ts";
import { twinPredictionSet } from "./twin-prediction.ts";

/** Every kind of reference file that the program can compute; the first whose name matches is taken. */
export const referenceSets: readonly ReferenceSet[] = [
  publishedSet,
  rbmiSet,
  rubinSet,
  ancovaSet,
  basicTestsSet,
  binaryGcompSet,
  distributionsSet,
  groupSequentialAnalysisSet,
  groupSequentialBoundariesSet,
  groupSequentialCharacteristicsSet,
  conditionalPowerSet,
  gsDesignSet,
  powerGroupSequentialSet,
  powerLongitudinalSet,
  powerMeansSet,
  powerRatesSet,
  survivalSet,
  powerSurvivalSet,
  mmrmSet,
  lmmSet,
  lmmNlmeSet,
  twinPredictionSet,
];
