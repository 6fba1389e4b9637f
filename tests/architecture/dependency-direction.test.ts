import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryPath } from "../support/shared.ts";

const root = repositoryPath(".");

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
}

/** What a file imports, as a path from the root for relative imports and `@/`, else the package name. */
function resolvedImports(file: string): string[] {
  return importsOf(file).map((target) => {
    if (target.startsWith("@/")) return target.slice(2);
    return target.startsWith(".") ? relative(root, resolve(root, dirname(file), target)) : target;
  });
}

/** A folder of lib/ may import from the folders named before it, and from itself. */
const LIB_ORDER = [
  "errors",
  "numerics",
  "program-code",
  "trial",
  "data",
  "analysis",
  "power",
  "design",
  "multiplicity",
  "calculation",
  "progression",
  "twins",
  "trial-analysis",
  "sizing",
  "simulation",
  "reporting",
  "dossier",
  "samples",
] as const;

/** Packages that pure code may use. */
const LIB_PACKAGES: Record<string, readonly string[]> = {
  data: ["zod", "papaparse", "mathjs"],
  reporting: ["zod", "echarts"],
};

describe("lib is pure and points one way", () => {
  const files = sources("lib");

  it("is not empty", () => expect(files.length).toBeGreaterThan(30));

  it("imports nothing from server, app, bin or Node, and only the packages allowed", () => {
    const faults = files.flatMap((file) => {
      const area = file.split("/")[1] ?? "";
      const packages = LIB_PACKAGES[area] ?? ["zod", "jstat"];
      return resolvedImports(file)
        .filter((target) => !target.startsWith("lib/") && !packages.includes(target.split("/")[0] ?? ""))
        .map((target) => `${file} imports ${target}`);
    });
    expect(faults).toEqual([]);
  });

  it("imports only from folders to the left", () => {
    const position = (area: string) => LIB_ORDER.indexOf(area as (typeof LIB_ORDER)[number]);
    const faults = files.flatMap((file) => {
      const area = file.split("/")[1] ?? "";
      if (area.endsWith(".ts")) return [];
      if (position(area) < 0) return [`${file}: folder ${area} has no place in the order`];
      return resolvedImports(file)
        .filter((target) => target.startsWith("lib/"))
        .filter((target) => {
          const other = target.split("/")[1] ?? "";
          return !other.endsWith(".ts") && position(other) > position(area);
        })
        .map((target) => `${file} imports ${target}`);
    });
    expect(faults).toEqual([]);
  });

  it("reads no clock, environment or global randomness and prints nothing", () => {
    const forbidden =
      /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b|(?<!-)\bprocess\.|\bconsole\.|\bglobalThis\b/;
    const faults = files.filter((file) => {
      const code = readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      return forbidden.test(code);
    });
    expect(faults).toEqual([]);
  });

  it("has no drawer for odds and ends", () => {
    expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\.ts|\/)/.test(file))).toEqual([]);
  });
});

describe("the outer layers", () => {
  it("server imports nothing from app", () => {
    const faults = sources("server").filter((file) =>
      resolvedImports(file).some((target) => target.startsWith("app/")),
    );
    expect(faults).toEqual([]);
  });

  it("pages import from server only the router's type and what runs on the server", () => {
    const faults = sources("app")
      .filter((file) => readFileSync(join(root, file), "utf8").startsWith('"use client"'))
      .flatMap((file) => {
        const text = readFileSync(join(root, file), "utf8");
        return [...text.matchAll(/import\s+(?!type)[^;]*?from\s+"([^"]*server\/[^"]*)"/g)].map(
          (match) => `${file} imports ${match[1]}`,
        );
      });
    expect(faults).toEqual([]);
  });

  it("components and routers compute no statistics", () => {
    const faults = [...sources("app"), ...sources("server").filter((file) => file.startsWith("server/trpc"))].filter(
      (file) => /\bMath\.(sqrt|log|exp|pow)\b/.test(readFileSync(join(root, file), "utf8")),
    );
    expect(faults).toEqual([]);
  });

  it("only server/env.ts, the command line and scripts read the environment", () => {
    const faults = [...sources("server"), ...sources("app")]
      .filter((file) => file !== "server/env.ts")
      .filter((file) => /\bprocess\.env\b/.test(readFileSync(join(root, file), "utf8")));
    expect(faults).toEqual([]);
  });
});
