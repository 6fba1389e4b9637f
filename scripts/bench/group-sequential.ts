// Group sequential design, K = 5, alpha and beta spending: this program beside rpact, gsDesign and its own R program.
import { spawnSync } from "node:child_process";
import { designProgram } from "../../lib/design/design-program.ts";
import { designGroupSequential, type GroupSequentialSpec } from "../../lib/design/group-sequential-design.ts";

export interface GroupSequentialFigure {
  readonly what: string;
  readonly milliseconds: number;
  /** Time of `against` divided by the time of `what`, same run, same design. */
  readonly ratio: number | null;
  readonly against: string | null;
}

export interface GroupSequentialBench {
  readonly figures: readonly GroupSequentialFigure[];
  /** Peers that could not be run, and why. */
  readonly notes: readonly string[];
}

const SPEC: GroupSequentialSpec = {
  oneSidedAlpha: 0.025,
  power: 0.9,
  informationFractions: [0.2, 0.4, 0.6, 0.8, 1],
  efficacy: { family: "lan-demets-obrien-fleming" },
  futility: { kind: "beta-spending", spending: { family: "hwang-shih-decani", gamma: -4 }, binding: false },
};

const WHAT = "group-sequential design, K = 5, alpha and beta spending";
const RUNS = 25;

/** R expressions that design the same trial with a package of R. */
const PEERS: readonly { readonly name: string; readonly call: string }[] = [
  {
    name: "rpact",
    call: 'rpact::getDesignGroupSequential(kMax = 5, alpha = 0.025, beta = 0.1, typeOfDesign = "asOF", typeBetaSpending = "bsHSD", gammaB = -4, bindingFutility = FALSE)',
  },
  {
    name: "gsDesign",
    call: "gsDesign::gsDesign(k = 5, test.type = 4, alpha = 0.025, beta = 0.1, sfu = gsDesign::sfLDOF, sfl = gsDesign::sfHSD, sflpar = -4)",
  },
];

/**
 * Times the design, and the R packages that are installed on the same machine in the same run.
 *
 * @returns Figures for `npm run bench`, and notes on peers that are missing.
 */
export async function benchGroupSequential(): Promise<GroupSequentialBench> {
  const milliseconds = median(RUNS, () => designGroupSequential(SPEC));
  const figures: GroupSequentialFigure[] = [{ what: WHAT, milliseconds, ratio: null, against: null }];
  const notes: string[] = [];
  for (const { name, call } of PEERS) {
    const time = timeInR(`requireNamespace("${name}")`, call, `paste("${name}", packageVersion("${name}"))`);
    if (typeof time === "string") notes.push(`${name}: ${time}`);
    else figures.push({ what: WHAT, milliseconds, ratio: time.milliseconds / milliseconds, against: time.name });
  }
  const program = designProgram(SPEC, [0, 1]).r;
  const own = timeInR(
    "TRUE",
    `invisible(capture.output(eval(parse(text = program))))`,
    '"the printed base R program"',
    program,
  );
  if (typeof own === "string") notes.push(`base R: ${own}`);
  else figures.push({ what: WHAT, milliseconds, ratio: own.milliseconds / milliseconds, against: own.name });
  return { figures, notes };
}

/** Median of several runs after as many that warm up. */
function median(runs: number, work: () => unknown): number {
  for (let i = 0; i < runs; i++) work();
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return times[Math.floor(runs / 2)] ?? Number.NaN;
}

/** Median milliseconds of an R expression, or the reason why it did not run. */
function timeInR(
  condition: string,
  call: string,
  name: string,
  program = "",
): { readonly name: string; readonly milliseconds: number } | string {
  const code = `program <- paste(readLines(file("stdin")), collapse = "\\n")
if (!suppressMessages(suppressWarnings(${condition}))) { cat("not installed"); quit(status = 3) }
invisible(suppressMessages(${call}))
t <- sapply(1:9, function(i) system.time(suppressMessages(${call}))[["elapsed"]])
cat(median(t) * 1000, paste0(${name}, ", ", R.version.string), sep = "\\n")`;
  const result = spawnSync("Rscript", ["-e", code], { encoding: "utf8", input: program });
  if (result.error !== undefined) return "Rscript is not installed";
  if (result.status === 3) return "not installed in R";
  if (result.status !== 0) return `failed in R: ${result.stderr.trim().split("\n").at(-1) ?? ""}`;
  const [milliseconds, title = ""] = result.stdout.trim().split("\n");
  return { name: title, milliseconds: Number(milliseconds) };
}
