import { createHash, randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { and, asc, eq } from "drizzle-orm";
import type { z } from "zod";
import { storedFile, storedFilePart } from "../../drizzle/schema/index.ts";
import { canonicalJson } from "../../lib/numerics/canonical-json.ts";
import type { Db } from "../db/client.ts";

const PART_BYTES = 2 * 1024 * 1024;

export const sha256OfBytes = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

/** Writes content in parts; `tx` should be a transaction, so that a file is there as a whole or not at all. */
export async function storeFile(tx: Db, workspaceId: string, content: Uint8Array, now: Date): Promise<string> {
  const id = randomUUID();
  const sha256 = sha256OfBytes(content);
  await tx.insert(storedFile).values({ id, workspaceId, byteLength: content.length, sha256, createdAt: now });
  for (let part = 0; part * PART_BYTES < content.length; part++) {
    const slice = content.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    await tx.insert(storedFilePart).values({ fileId: id, part, content: slice });
  }
  return id;
}

/** Content of a file of the workspace; its hash is checked on the way out. */
export async function readStoredFile(db: Db, workspaceId: string, id: string): Promise<Uint8Array<ArrayBuffer>> {
  const [file] = await db
    .select()
    .from(storedFile)
    .where(and(eq(storedFile.id, id), eq(storedFile.workspaceId, workspaceId)));
  if (file === undefined) throw new Error(`stored file ${id} does not exist in this workspace`);
  const content = new Uint8Array(file.byteLength);
  const parts = Math.ceil(file.byteLength / PART_BYTES);
  for (let part = 0; part < parts; part++) {
    const [row] = await db
      .select({ content: storedFilePart.content })
      .from(storedFilePart)
      .where(and(eq(storedFilePart.fileId, id), eq(storedFilePart.part, part)))
      .orderBy(asc(storedFilePart.part));
    if (row === undefined) throw new Error(`part ${part} of stored file ${id} is missing`);
    content.set(row.content, part * PART_BYTES);
  }
  if (sha256OfBytes(content) !== file.sha256) throw new Error(`stored file ${id} does not match its hash`);
  return content;
}

/** Keeps a document as the gzip of its canonical JSON. */
export async function storeDocument(tx: Db, workspaceId: string, value: unknown, now: Date): Promise<string> {
  const compressed = await promisify(gzip)(canonicalJson(value), { level: 5 });
  return storeFile(tx, workspaceId, compressed, now);
}

const MOST_CACHED = 12;
const cache = new Map<string, unknown>();

/**
 * A stored document, parsed and checked. Content never changes under an id, so the last few are kept; callers must not
 * write to what they get.
 */
export async function readDocument<S extends z.ZodType>(
  db: Db,
  workspaceId: string,
  id: string,
  schema: S,
): Promise<z.output<S>> {
  const key = `${workspaceId}/${id}`;
  const known = cache.get(key);
  cache.delete(key);
  const document = known === undefined ? await readUncached(db, workspaceId, id, schema) : (known as z.output<S>);
  cache.set(key, document);
  const [oldest] = cache.keys();
  if (cache.size > MOST_CACHED && oldest !== undefined) cache.delete(oldest);
  return document;
}

async function readUncached<S extends z.ZodType>(db: Db, workspaceId: string, id: string, schema: S) {
  const text = await promisify(gunzip)(await readStoredFile(db, workspaceId, id));
  return schema.parse(JSON.parse(text.toString("utf8")));
}
