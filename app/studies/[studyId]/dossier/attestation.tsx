"use client";
import { Button, Group, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import type { ChecklistPoint, Dossier } from "./dossier-types.ts";
import { isUnderWay } from "./request-state.tsx";

/** The answer of a person to a point that no machine can check; only the role that the point names sees the form. */
export function Attestation({ point, dossier }: { point: ChecklistPoint; dossier: Dossier }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.session.me.queryOptions());
  const [writing, setWriting] = useState(false);
  if (dossier.state !== "draft" || isUnderWay(dossier.request) || me.data?.role !== point.role) return null;
  if (!writing)
    return (
      <Button variant="default" size="compact-xs" mt={6} onClick={() => setWriting(true)}>
        Answer point {point.id}
      </Button>
    );
  return <AttestForm point={point} dossierId={dossier.id} onClose={() => setWriting(false)} />;
}

function AttestForm(props: { point: ChecklistPoint; dossierId: string; onClose: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [statement, setStatement] = useState("");
  const [tooShort, setTooShort] = useState(false);
  const attest = useMutation(trpc.dossier.attest.mutationOptions({ onSuccess: () => queryClient.invalidateQueries() }));

  function submit(event: FormEvent) {
    event.preventDefault();
    const text = statement.trim();
    setTooShort(text.length < 3);
    if (text.length >= 3) attest.mutate({ dossierId: props.dossierId, pointId: props.point.id, statement: text });
  }

  return (
    <form onSubmit={submit} noValidate style={{ marginTop: "0.5rem", maxWidth: "38rem" }}>
      {attest.error !== null && <FailureNotice error={attest.error} />}
      <Textarea
        label={`What you checked for point ${props.point.id}`}
        description="Stands in the dossier with your name, role and the time"
        withAsterisk
        autosize
        minRows={2}
        maxLength={2000}
        autoFocus
        value={statement}
        onChange={(event) => setStatement(event.currentTarget.value)}
        error={tooShort ? "Say what you checked" : null}
      />
      <Group gap="xs" mt="xs">
        <Button type="submit" loading={attest.isPending}>
          Confirm point {props.point.id}
        </Button>
        <Button variant="default" onClick={props.onClose}>
          Not now
        </Button>
      </Group>
    </form>
  );
}
