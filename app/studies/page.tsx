import type { Metadata } from "next";
import { StudiesPage } from "./client.tsx";

export const metadata: Metadata = { title: "Studies" };

export default function Page() {
  return <StudiesPage />;
}
