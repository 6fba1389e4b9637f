import type { ReactNode } from "react";
import { requireSignedIn } from "../_lib/require-signed-in.ts";

export const dynamic = "force-dynamic";

export default async function MembersLayout({ children }: { children: ReactNode }) {
  await requireSignedIn("/members");
  return children;
}
