import type { Metadata } from "next";
import { TwinsPage } from "./client.tsx";

export const metadata: Metadata = { title: "Twins" };

export default function Page() {
  return <TwinsPage />;
}
