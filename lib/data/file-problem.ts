import { z } from "zod";

/** One fault of a file or data set, with where it stands. */
export const fileProblemSchema = z.object({
  /** 1-based data row (header not counted), null when it concerns the whole file. */
  row: z.number().int().nullable(),
  /** 1-based line of a text file, where it is known. */
  line: z.number().int().optional(),
  column: z.string().nullable(),
  /** Stable kebab-case code, e.g. "ragged-row". */
  code: z.string(),
  /** The whole sentence the user reads. */
  message: z.string(),
});
export type FileProblem = z.infer<typeof fileProblemSchema>;

/** Longest list of problems shown; what comes after is counted. */
export const problemLimit = 1000;

/** The problems of one file: the first thousand, and the number of all others. */
export interface FileProblems {
  readonly problems: readonly FileProblem[];
  /** Problems found beyond `problems`; 0 when the list is complete. */
  readonly omitted: number;
}

export interface ProblemPlace {
  readonly row?: number;
  readonly line?: number;
  readonly column?: string;
}

/** Gathers every problem of a file, so that the user repairs it in one round. */
export interface ProblemList extends FileProblems {
  add(code: string, message: string, place?: ProblemPlace): void;
  /** Takes over what another step found. */
  include(found: FileProblems): void;
  readonly isEmpty: boolean;
  readonly count: number;
}

/** An empty list of problems. */
export function createProblemList(): ProblemList {
  const problems: FileProblem[] = [];
  let count = 0;
  return {
    problems,
    add(code, message, place = {}) {
      count++;
      if (problems.length >= problemLimit) return;
      const line = place.line === undefined ? {} : { line: place.line };
      problems.push({ row: place.row ?? null, ...line, column: place.column ?? null, code, message });
    },
    include(found) {
      problems.push(...found.problems.slice(0, problemLimit - problems.length));
      count += found.problems.length + found.omitted;
    },
    get omitted() {
      return count - problems.length;
    },
    get isEmpty() {
      return count === 0;
    },
    get count() {
      return count;
    },
  };
}

/** Where a problem is and what it is, on one line: "Row 3 (line 4), column AVAL: …". */
export function describeFileProblem(problem: FileProblem): string {
  const place: string[] = [];
  if (problem.row !== null)
    place.push(problem.line === undefined ? `row ${problem.row}` : `row ${problem.row} (line ${problem.line})`);
  else if (problem.line !== undefined) place.push(`line ${problem.line}`);
  if (problem.column !== null) place.push(`column ${problem.column}`);
  if (place.length === 0) return problem.message;
  const where = place.join(", ");
  return `${where.charAt(0).toUpperCase()}${where.slice(1)}: ${problem.message}`;
}
