import type { Metadata } from "next";
import { SizingPage } from "./client.tsx";

export const metadata: Metadata = { title: "Sizing" };

export default function Page() {
  return <SizingPage />;
}
