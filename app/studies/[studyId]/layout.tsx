import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { StudyFrame } from "../../_components/shell/study-frame.tsx";

export default async function StudyLayout(props: { children: ReactNode; params: Promise<{ studyId: string }> }) {
  const { studyId } = await props.params;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(studyId)) notFound();
  return <StudyFrame studyId={studyId}>{props.children}</StudyFrame>;
}
