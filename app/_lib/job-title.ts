import type { RouterOutputs } from "./trpc.ts";

const titles: Readonly<Record<RouterOutputs["job"]["get"]["kind"], string>> = {
  "train-model": "Training the progression model",
  "generate-twins": "Generating twins",
  "run-simulation": "Running the simulation",
  "run-analyses": "Running the planned analyses",
  "build-dossier": "Building the dossier",
  "lock-dossier": "Locking the dossier",
  "sign-dossier": "Printing the signature",
};

/** What a job does, as a phrase. */
export function jobTitle(kind: keyof typeof titles): string {
  return titles[kind];
}
