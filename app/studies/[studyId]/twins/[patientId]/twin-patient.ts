import type { RouterOutputs } from "../../../../_lib/trpc.ts";

export type TwinPatient = RouterOutputs["twins"]["patient"];
export type PatientTwin = TwinPatient["twin"];
