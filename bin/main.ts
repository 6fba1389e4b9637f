import { parseArgs } from "node:util";
import { z } from "zod";
import { ENGINE_VERSION } from "../lib/engine-version.ts";
import { DomainError } from "../lib/errors/domain-error.ts";
import { type Command, type CommandCall, UsageError } from "./command.ts";

/** Loaded when asked for: reading data, simulating and writing PDF each bring parts that no other command needs. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["import", async () => (await import("./commands/import.ts")).importCommand],
  ["train", async () => (await import("./commands/train.ts")).trainCommand],
  ["twins", async () => (await import("./commands/twins.ts")).twinsCommand],
  ["federate", async () => (await import("./commands/federate.ts")).federateCommand],
  ["size", async () => (await import("./commands/size.ts")).sizeCommand],
  ["simulate", async () => (await import("./commands/simulate.ts")).simulateCommand],
  ["analyse", async () => (await import("./commands/analyse.ts")).analyseCommand],
  ["calculate", async () => (await import("./commands/calculate.ts")).calculateCommand],
  ["dossier", async () => (await import("./commands/dossier.ts")).dossierCommand],
  ["verify", async () => (await import("./commands/verify.ts")).verifyCommand],
  ["sample", async () => (await import("./commands/sample.ts")).sampleCommand],
]);

const EXIT_BAD_INPUT = 2;

/** Runs one command; returns the exit code: 0 done, 1 a check failed or the program is at fault, 2 bad input. */
export async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "help" || name === "-h") return print(await overview());
  if (name === "--version") return print(`understudy ${ENGINE_VERSION}`);
  const load = COMMANDS.get(name);
  if (load === undefined) {
    return complain([`there is no command ${name}; the commands are ${[...COMMANDS.keys()].join(", ")}`]);
  }
  try {
    const command = await load();
    const parsed = parse(command, rest);
    if (parsed.flag("help")) return print(helpOf(command));
    if (parsed.flag("schema")) return print(schemaOf(command));
    const [extra] = parsed.positionals;
    if (extra !== undefined && !command.takesArgument)
      throw new UsageError([`${extra} is not expected; name it by its option. ${command.usage}`]);
    await command.run(parsed);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof UsageError) return complain(error.problems);
    if (error instanceof DomainError) return complain([error.message]);
    const message = error instanceof Error ? error.message : "unknown";
    process.stderr.write(`understudy: an error of the program, not of the input: ${message}\n`);
    if (process.env.UNDERSTUDY_DEBUG !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return 1;
  }
}

function parse(command: Command, args: readonly string[]): CommandCall {
  const options: Record<string, { type: "string" | "boolean" }> = {
    help: { type: "boolean" },
    schema: { type: "boolean" },
  };
  for (const option of command.options) options[option.name] = { type: option.kind === "value" ? "string" : "boolean" };
  let result: { values: Record<string, string | boolean | undefined>; positionals: string[] };
  try {
    // A negative number is a value, not an option.
    const joined = joinNegativeNumbers(args);
    const parsed = parseArgs({ args: joined, options, allowPositionals: true, strict: true, tokens: true });
    refuseRepeated(parsed.tokens.flatMap((token) => (token.kind === "option" ? [token.name] : [])));
    result = parsed as typeof result;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const known = command.options.map((option) => `--${option.name}`).join(" ");
    throw new UsageError([`${optionFault(error)}; ${command.name} takes ${known}`]);
  }
  const value = (name: string) => {
    const found = result.values[name];
    return typeof found === "string" ? found : undefined;
  };
  const number = (name: string) => {
    const text = value(name);
    if (text === undefined) return undefined;
    const parsed = Number(text);
    if (text.trim() === "" || !Number.isFinite(parsed))
      throw new UsageError([`--${name} must be a number; received ${text}`]);
    return parsed;
  };
  return {
    positionals: result.positionals,
    value,
    required: (name) => {
      const found = value(name);
      if (found === undefined) throw new UsageError([`--${name} is missing. ${command.usage}`]);
      return found;
    },
    flag: (name) => result.values[name] === true,
    number,
    integer: (name, fallback, minimum, maximum) => {
      const found = number(name) ?? fallback;
      if (!Number.isInteger(found) || found < minimum || found > maximum) {
        throw new UsageError([
          `--${name} must be a whole number from ${minimum} to ${maximum}; received ${value(name)}`,
        ]);
      }
      return found;
    },
  };
}

function refuseRepeated(names: readonly string[]): void {
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  if (repeated.length > 0) throw new UsageError(repeated.map((name) => `--${name} is given twice; give it once`));
}

/** The first sentence of the parser; its advice on positional arguments beginning with a dash helps nobody here. */
function optionFault(error: unknown): string {
  const message = error instanceof Error ? error.message : "the options cannot be read";
  const unknown = /^Unknown option '([^']+)'/.exec(message)?.[1];
  if (unknown !== undefined) return `there is no option ${unknown}`;
  const valueless = /^Option '(?:-\w, )?(--[^ ']+)/.exec(message)?.[1];
  if (valueless !== undefined && /argument (missing|is ambiguous)/.test(message)) return `${valueless} needs a value`;
  if (valueless !== undefined && /does not take an argument/.test(message)) return `${valueless} takes no value`;
  return message;
}

function joinNegativeNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const previous = joined.at(-1);
    if (/^-\d|^-\.\d/.test(arg) && previous?.startsWith("--") && !previous.includes("="))
      joined[joined.length - 1] = `${previous}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function complain(problems: readonly string[]): number {
  for (const problem of problems) process.stderr.write(`understudy: ${problem}\n`);
  return EXIT_BAD_INPUT;
}

async function overview(): Promise<string> {
  const commands = await Promise.all([...COMMANDS.values()].map((load) => load()));
  const width = Math.max(...commands.map((command) => command.name.length));
  return [
    "understudy: control arms designed with counterfactual twins; works on files, needs neither database nor server",
    "",
    "usage: understudy COMMAND [OPTIONS]",
    "",
    ...commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`),
    "",
    "understudy COMMAND --help    options of a command",
    "understudy COMMAND --schema  JSON Schema of the documents it reads and writes",
    "",
    "Results go to standard output or to --out, progress to standard error. Exit code 2: bad input, one line per fault.",
  ].join("\n");
}

function helpOf(command: Command): string {
  const label = (option: Command["options"][number]) =>
    `--${option.name}${option.kind === "value" ? ` ${option.argument ?? "VALUE"}` : ""}`;
  const width = Math.max(...command.options.map((option) => label(option).length), 8);
  return [
    command.summary,
    "",
    command.usage,
    "",
    ...command.options.map((option) => `  ${label(option).padEnd(width)}  ${option.help}`),
    `  ${"--schema".padEnd(width)}  print the JSON Schema of the documents read and written`,
  ].join("\n");
}

function schemaOf(command: Command): string {
  const documents = command.documents.map(({ title, schema }) => [
    title,
    z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }),
  ]);
  return JSON.stringify(Object.fromEntries(documents), null, 2);
}
