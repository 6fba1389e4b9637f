import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import type * as schema from "../../drizzle/schema/index.ts";

/** The one type of database handle: PGlite or PostgreSQL, or an open transaction on either. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;
