import type { Metadata } from "next";
import { DossierPage } from "./client.tsx";

export const metadata: Metadata = { title: "Dossier" };

export default function Page() {
  return <DossierPage />;
}
