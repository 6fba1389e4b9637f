import type { Metadata } from "next";
import { ImportPage } from "./client.tsx";

export const metadata: Metadata = { title: "Import a data set" };

export default function Page() {
  return <ImportPage />;
}
