import type { RouterInputs } from "../../../_lib/trpc.ts";

export const meaningWords: Readonly<Record<RouterInputs["dossier"]["sign"]["meaning"], string>> = {
  authorship: "authorship: I prepared this",
  review: "review: I have read and checked this",
  approval: "approval: I approve this",
  responsibility: "responsibility: I answer for this",
};
