import type { Metadata } from "next";
import { DataPage } from "./client.tsx";

export const metadata: Metadata = { title: "Data" };

export default function Page() {
  return <DataPage />;
}
