import type { Metadata } from "next";
import { DesignsPage } from "./client.tsx";

export const metadata: Metadata = { title: "Designs" };

export default function Page() {
  return <DesignsPage />;
}
