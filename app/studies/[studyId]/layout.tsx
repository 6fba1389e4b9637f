import type { ReactNode } from "react";
import { StudyFrame } from "../../_components/shell/study-frame.tsx";

export default async function StudyLayout(props: { children: ReactNode; params: Promise<{ studyId: string }> }) {
  const { studyId } = await props.params;
  return <StudyFrame studyId={studyId}>{props.children}</StudyFrame>;
}
