import type { Metadata } from "next";
import { MembersPage } from "./client.tsx";

export const metadata: Metadata = { title: "Members" };

export default function Page() {
  return <MembersPage />;
}
