"use client";
import { Button, Drawer, Group } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { DomainError } from "../../../../lib/errors/domain-error.ts";
import { type DesignDescription, describeDesign } from "../../../../lib/simulation/describe-design.ts";
import type { TrialDesign } from "../../../../lib/simulation/simulation-document.ts";
import { FailureNotice } from "../../../_components/feedback/failure-notice.tsx";
import { Notice } from "../../../_components/feedback/notice.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { freshSlug } from "../../../_lib/fresh-id.ts";
import { useTRPC } from "../../../_lib/trpc.ts";
import { type DesignDraft, draftOf } from "./design-draft.ts";
import { DesignForm } from "./design-form.tsx";
import classes from "./designs.module.css";
import { LiveBounds } from "./live-bounds.tsx";
import { fieldOf, readDraft } from "./read-design-draft.ts";

type Description =
  | { readonly kind: "known"; readonly description: DesignDescription }
  | { readonly kind: "refused"; readonly message: string; readonly field: string }
  | { readonly kind: "unreadable" };

/** Editing of one design: fields left, bounds right, live. */
export function DesignDrawer(props: { designs: readonly TrialDesign[]; wanted: string; onClose: () => void }) {
  const study = useStudy();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const saved = props.designs.find(({ id }) => id === props.wanted);
  const [draft, setDraft] = useState<DesignDraft>(() => draftOf(saved));
  const [asked, setAsked] = useState(false);
  const reading = useMemo(() => readDraft(draft, saved), [draft, saved]);
  // A design without a name yet still shows its bounds.
  const shape = useMemo(() => readDraft({ ...draft, name: "this design" }, saved), [draft, saved]);
  const [settled] = useDebouncedValue(shape, 250);
  const described = useMemo(() => describe(settled.ok ? settled.design : null), [settled]);
  const save = useMutation(
    trpc.design.save.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries();
        props.onClose();
      },
    }),
  );
  const refusal = described.kind === "refused" ? { [described.field]: described.message } : {};
  const faults = reading.ok ? {} : asked || saved !== undefined ? reading.errors : withoutName(reading.errors);
  const errors = { ...refusal, ...faults };

  function submit(event: React.FormEvent) {
    event.preventDefault();
    setAsked(true);
    if (!reading.ok) return;
    const id = saved === undefined ? freshSlug(reading.design.name, props.designs) : saved.id;
    save.mutate({ studyId: study.id, design: { ...reading.design, id } });
  }

  return (
    <Drawer
      opened
      onClose={props.onClose}
      size="min(86rem, 100%)"
      title={saved === undefined ? "New design" : `Design: ${saved.name}`}
    >
      <form onSubmit={submit} noValidate>
        <div className={classes.editor}>
          <div>
            <DesignForm
              draft={draft}
              errors={errors}
              onChange={(change) => setDraft((now) => ({ ...now, ...change }))}
            />
            {save.error !== null && (
              <div style={{ marginTop: "0.75rem" }}>
                <FailureNotice error={save.error} />
              </div>
            )}
            <Group gap="xs" mt="md">
              <PermittedButton needs="design.write" type="submit" size="sm" loading={save.isPending}>
                Save the design
              </PermittedButton>
              <Button variant="default" size="sm" onClick={props.onClose}>
                Discard changes
              </Button>
            </Group>
          </div>
          <div style={{ minWidth: 0 }} className={settled === shape ? "" : classes.stale}>
            {described.kind === "known" && (
              <LiveBounds
                name={draft.name.trim() === "" ? "this design" : draft.name}
                description={described.description}
              />
            )}
            {described.kind === "refused" && (
              <Notice tone="failure" title="No bounds for this design">
                {described.message}
              </Notice>
            )}
            {described.kind === "unreadable" && (
              <Notice tone="information">The bounds appear when every field is filled in.</Notice>
            )}
          </div>
        </div>
      </form>
    </Drawer>
  );
}

function describe(design: TrialDesign | null): Description {
  if (design === null) return { kind: "unreadable" };
  try {
    return { kind: "known", description: describeDesign(design) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const path = error.detail.argument.replace(/^designs\.[^.]*\./, "").split(".");
    const hint = error.detail.hint === undefined ? "" : ` ${error.detail.hint}`;
    return { kind: "refused", message: `${capital(error.detail.requirement)}.${hint}`, field: fieldOf(path) };
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function withoutName(errors: Readonly<Record<string, string>>): Record<string, string> {
  const { name: _, ...rest } = errors;
  return rest;
}
