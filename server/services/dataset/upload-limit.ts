import { defaultMaxBytes, describeTooLarge } from "../../../lib/data/file-size.ts";
import { ServiceError } from "../errors.ts";

export function tooLarge(bytes: number, limit = defaultMaxBytes): ServiceError {
  return new ServiceError("TOO_LARGE", describeTooLarge(bytes, limit));
}

/** Reads a body into memory, giving up as soon as it exceeds the limit; what was announced is not trusted. */
export async function readLimited(
  body: ReadableStream<Uint8Array> | null,
  announced: number | null,
  limit = defaultMaxBytes,
): Promise<Uint8Array> {
  if (announced !== null && announced > limit) throw tooLarge(announced, limit);
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (body !== null) {
    for await (const chunk of body) {
      length += chunk.length;
      if (length > limit) throw tooLarge(length, limit);
      chunks.push(chunk);
    }
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
