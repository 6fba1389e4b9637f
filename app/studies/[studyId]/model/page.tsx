import type { Metadata } from "next";
import { ModelPage } from "./client.tsx";

export const metadata: Metadata = { title: "Model" };

export default function Page() {
  return <ModelPage />;
}
