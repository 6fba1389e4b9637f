import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { release, type } from "node:os";
import { join } from "node:path";
import type { DossierRecord } from "../lib/dossier/dossier-record.ts";

/** Which program on which machine made a result; printed in the dossier. */
export function programVersion(root: string): DossierRecord["environment"] {
  const read = (file: string) => readFileSync(join(/* turbopackIgnore: true */ root, file), "utf8");
  const manifest: unknown = JSON.parse(read("package.json"));
  const version =
    typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "unknown";
  return {
    appVersion: version,
    gitCommit: gitCommit(root, read),
    lockHash: createHash("sha256").update(read("package-lock.json")).digest("hex"),
    node: process.version,
    operatingSystem: `${type()} ${release()} ${process.arch}`,
  };
}

function gitCommit(root: string, read: (file: string) => string): string {
  if (!existsSync(join(/* turbopackIgnore: true */ root, ".git/HEAD"))) return "unknown";
  const head = read(".git/HEAD").trim();
  const reference = /^ref: (.+)$/.exec(head)?.[1];
  if (reference === undefined) return head;
  if (existsSync(join(/* turbopackIgnore: true */ root, ".git", reference))) return read(`.git/${reference}`).trim();
  const packed = existsSync(join(/* turbopackIgnore: true */ root, ".git/packed-refs")) ? read(".git/packed-refs") : "";
  return (
    new RegExp(`^([0-9a-f]{40}) ${reference.replace(/[.*+?^$()|[\]\\{}]/g, "\\$&")}$`, "m").exec(packed)?.[1] ??
    "unknown"
  );
}
