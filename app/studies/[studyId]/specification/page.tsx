import type { Metadata } from "next";
import { SpecificationPage } from "./client.tsx";

export const metadata: Metadata = { title: "Specification" };

export default function Page() {
  return <SpecificationPage />;
}
