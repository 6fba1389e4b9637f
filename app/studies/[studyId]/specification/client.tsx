"use client";
import { Anchor, Tabs } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { type StudySpecification, studySpecificationSchema } from "../../../../lib/trial/study-specification.ts";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { PageHeader } from "../../../_components/feedback/page-header.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { ReasonModal } from "../../../_components/form/reason-modal.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { readFailure } from "../../../_lib/field-errors.ts";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlValue } from "../../../_lib/url-state.ts";
import { ContextPart } from "./context-part.tsx";
import { EndpointPart } from "./endpoint-part.tsx";
import { EstimandPart } from "./estimand-part.tsx";
import { SourcePart } from "./source-part.tsx";
import { VisitPart } from "./visit-part.tsx";

export function SpecificationPage() {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [part, setPart] = useUrlValue("part", "estimand");
  const [asking, setAsking] = useState(false);
  const form = useForm<StudySpecification>({ initialValues: study.specification, validate: specificationErrors });
  const update = useMutation(
    trpc.study.updateSpecification.mutationOptions({
      onSuccess: async ({ revision }) => {
        await queryClient.invalidateQueries();
        form.resetDirty();
        setAsking(false);
        notifications.show({ message: `Saved as revision ${revision}.` });
      },
      onError: (error) => form.setErrors(inForm(readFailure(error).fields)),
    }),
  );
  const faults = Object.entries(form.errors);
  return (
    <>
      <Anchor component={Link} href={`/studies/${study.id}`} fz="sm">
        Overview
      </Anchor>
      <PageHeader
        title="Specification"
        lede="What is being designed. Every change is a revision with its reason; results made from an earlier one are marked out of date."
        actions={
          <PermittedButton
            needs="study.write"
            size="sm"
            disabled={!form.isDirty() || study.planFrozenAt !== null}
            onClick={() => !form.validate().hasErrors && setAsking(true)}
          >
            Save as revision {study.revision + 1}
          </PermittedButton>
        }
      />
      {study.planFrozenAt !== null && (
        <Notice tone="warning">
          The plan was frozen on {study.planFrozenAt.slice(0, 10)}, so the specification can be read here but no longer
          changed. For another plan, make a new study.
        </Notice>
      )}
      {faults.length > 0 && (
        <Notice tone="failure" title="Please repair before saving">
          <ul style={{ margin: 0, paddingLeft: "1.1rem" }}>
            {faults.slice(0, 10).map(([path, message]) => (
              <li key={path}>
                {path}: {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Tabs value={part} onChange={(value) => setPart(value ?? "estimand")} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="estimand">Question and estimand</Tabs.Tab>
          <Tabs.Tab value="endpoints">Endpoints and effect</Tabs.Tab>
          <Tabs.Tab value="visits">Visits and arms</Tabs.Tab>
          <Tabs.Tab value="sources">Source log</Tabs.Tab>
          <Tabs.Tab value="context">Context and influence</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="estimand">
          <EstimandPart form={form} />
        </Tabs.Panel>
        <Tabs.Panel value="endpoints">
          <EndpointPart form={form} />
        </Tabs.Panel>
        <Tabs.Panel value="visits">
          <VisitPart form={form} />
        </Tabs.Panel>
        <Tabs.Panel value="sources">
          <SourcePart form={form} />
        </Tabs.Panel>
        <Tabs.Panel value="context">
          <ContextPart form={form} />
        </Tabs.Panel>
      </Tabs>
      <ReasonModal
        opened={asking}
        onClose={() => setAsking(false)}
        title="Save the specification"
        explanation={`Becomes revision ${study.revision + 1}. What was made from an earlier revision is kept and marked out of date where it no longer fits.`}
        action="Save the revision"
        pending={update.isPending}
        error={update.error}
        onSubmit={(reason) => update.mutate({ studyId: study.id, specification: form.values, reason })}
      />
    </>
  );
}

function specificationErrors(values: StudySpecification): Record<string, string> {
  const parsed = studySpecificationSchema.safeParse(values);
  return parsed.success
    ? {}
    : Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join("."), issue.message]));
}

function inForm(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([path, text]) => [path.replace(/^specification\./, ""), text]));
}
