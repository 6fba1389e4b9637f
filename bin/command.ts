import type { z } from "zod";

export interface CommandOption {
  readonly name: string;
  /** `value` takes an argument, `flag` does not. */
  readonly kind: "value" | "flag";
  readonly argument?: string;
  readonly help: string;
}

/** One subcommand: what it takes, what documents it reads and writes, and the work. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** Whether an argument without a name is taken; the command checks that there is just one. */
  readonly takesArgument: boolean;
  readonly options: readonly CommandOption[];
  /** Printed by --schema as JSON Schema. */
  readonly documents: readonly { readonly title: string; readonly schema: z.ZodType }[];
  run(call: CommandCall): Promise<void>;
}

export interface CommandCall {
  readonly positionals: readonly string[];
  value(name: string): string | undefined;
  /** The option's value, or a UsageError that names it. */
  required(name: string): string;
  flag(name: string): boolean;
  /** A whole number in a range, or a UsageError. */
  integer(name: string, fallback: number, minimum: number, maximum: number): number;
  /** A number, undefined when not given, or a UsageError. */
  number(name: string): number | undefined;
}

/** Bad input: exit code 2 with one line per field at fault. */
export class UsageError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}
