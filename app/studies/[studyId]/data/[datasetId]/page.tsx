import type { Metadata } from "next";
import { DatasetPage } from "./client.tsx";

export const metadata: Metadata = { title: "Data set" };

export default async function Page(props: { params: Promise<{ datasetId: string }> }) {
  const { datasetId } = await props.params;
  return <DatasetPage datasetId={datasetId} />;
}
