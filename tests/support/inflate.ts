import { unzipSync } from "node:zlib";
import type { Inflate } from "../../lib/data/read-table.ts";

/** Decompression as the program's own platform provides it. */
export const inflate: Inflate = (compressed, maxBytes) =>
  new Uint8Array(unzipSync(compressed, { maxOutputLength: maxBytes }));
