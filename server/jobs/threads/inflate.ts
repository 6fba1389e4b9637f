import { unzipSync } from "node:zlib";
import type { Inflate } from "../../../lib/data/read-table.ts";

/** gzip and zlib; refuses to unpack more than asked for. */
export const inflate: Inflate = (compressed, maxBytes) =>
  new Uint8Array(unzipSync(compressed, { maxOutputLength: maxBytes }));
