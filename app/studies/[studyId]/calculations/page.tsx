import type { Metadata } from "next";
import { CalculationsPage } from "./client.tsx";

export const metadata: Metadata = { title: "Calculations" };

export default function Page() {
  return <CalculationsPage />;
}
