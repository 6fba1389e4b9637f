import type { UseFormReturnType } from "@mantine/form";
import type { StudySpecification } from "../../../../lib/trial/study-specification.ts";

export interface SpecificationPartProps {
  readonly form: UseFormReturnType<StudySpecification>;
}
