import { describe, expect, it } from "vitest";
import { runMain } from "../support/run-main.ts";

const COMMANDS = ["import", "train", "twins", "federate", "size", "simulate", "dossier", "verify", "sample"];

describe("help and schemas", () => {
  it.each(COMMANDS)("%s: usage with every option, and a JSON Schema of every document", async (command) => {
    const help = await runMain(command, "--help");
    expect(help.code).toBe(0);
    const [usage = ""] = /usage: .*/.exec(help.stdout) ?? [];
    expect(usage).toContain(`understudy ${command} `);
    const schema = await runMain(command, "--schema");
    const documents = Object.entries(JSON.parse(schema.stdout) as Record<string, Record<string, unknown>>);
    expect(documents.length).toBeGreaterThan(0);
    for (const [title, document] of documents) {
      expect(document.$schema, title).toBe("https://json-schema.org/draft/2020-12/schema");
      expect(JSON.stringify(document).length, title).toBeGreaterThan(100);
    }
    expect(help.stderr + schema.stderr).toBe("");
  });

  it("says which version it is", async () => {
    expect((await runMain("--version")).stdout).toMatch(/^understudy \d+\.\d+\.\d+\n$/);
  });
});
