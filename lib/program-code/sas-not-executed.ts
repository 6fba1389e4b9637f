import type { ProgramCode } from "./program-code.ts";

const NOTE = "Understudy has not executed the SAS program; its tests execute the R programs and compare their numbers.";

/** Programs whose SAS part says, in itself and beside it, that only the R part has been executed by Understudy. */
export function withSasNotExecuted<C extends ProgramCode>(code: C): C {
  if (code.sas === null) return code;
  return {
    ...code,
    sas: `/* ${NOTE} */\n${code.sas}`,
    sasNote: code.sasNote === "" ? NOTE : `${NOTE} ${code.sasNote}`,
  };
}
