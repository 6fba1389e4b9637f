import { customType, timestamp, uuid } from "drizzle-orm/pg-core";
import type { z } from "zod";

/** Binary content; both drivers exchange it as bytes. */
export const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({
  dataType: () => "bytea",
  // postgres-js writes only Buffers as bytea, PGlite any Uint8Array.
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  fromDriver: (value) => new Uint8Array(value),
});

/**
 * A JSON document that is validated on the way in and on the way out.
 * Stored as text: the drivers disagree on parsing json columns, and jsonb refuses NUL and reorders keys.
 */
export function document<S extends z.ZodType>(name: string, schema: S) {
  return customType<{ data: z.output<S>; driverData: string }>({
    dataType: () => "text",
    toDriver: (value) => JSON.stringify(schema.parse(value)),
    fromDriver: (value) => schema.parse(JSON.parse(value)),
  })(name);
}

/** A moment, to the millisecond, always UTC. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });

export const identifier = () => uuid("id").primaryKey();
