import type { Metadata } from "next";
import { SimulationsPage } from "./client.tsx";

export const metadata: Metadata = { title: "Simulations" };

export default function Page() {
  return <SimulationsPage />;
}
