import type { Metadata } from "next";
import { TwinPatientPage } from "./client.tsx";

export const metadata: Metadata = { title: "Twin" };

export default async function Page(props: { params: Promise<{ patientId: string }> }) {
  const { patientId } = await props.params;
  return <TwinPatientPage patientId={decoded(patientId)} />;
}

/** The router hands over the part of the address as it stands there. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
