import type { ReactNode } from "react";
import { requireSignedIn } from "../_lib/require-signed-in.ts";

/** Signed-in pages are never prerendered: the build must not open the database. */
export const dynamic = "force-dynamic";

export default async function StudiesLayout({ children }: { children: ReactNode }) {
  await requireSignedIn("/studies");
  return children;
}
