"use client";
import { Button, Textarea } from "@mantine/core";
import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import { startingOutcome } from "../../../../../lib/trial/outcome-type.ts";
import { EndpointDetails } from "./endpoint-details.tsx";
import classes from "./import.module.css";
import type { MappingFieldsProps } from "./mapping-step.tsx";

type Derived = NonNullable<MappingSpec["derived"]>[number];

/** Endpoints that are computed from the others, such as a composite response. */
export function DerivedFields({ draft, onChange }: Pick<MappingFieldsProps, "draft" | "onChange">) {
  const derived = draft.derived ?? [];
  const set = (next: readonly Derived[]) => {
    const { derived: _, ...rest } = draft;
    onChange(next.length === 0 ? rest : { ...rest, derived: [...next] });
  };
  return (
    <>
      <div className={classes.rows}>
        {derived.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: ids are edited in place
          <div key={index} className={classes.row}>
            <Textarea
              label="Computed as"
              description="e.g. tender <= 0.8 * tender.baseline and atLeast(2, pain <= 0.8 * pain.baseline, crp <= 0.8 * crp.baseline)"
              autosize
              minRows={2}
              value={entry.expression}
              onChange={(event) =>
                set(derived.map((own, k) => (k === index ? { ...own, expression: event.currentTarget.value } : own)))
              }
            />
            <EndpointDetails
              endpoint={entry.endpoint}
              onChange={(endpoint) => set(derived.map((own, k) => (k === index ? { ...own, endpoint } : own)))}
            />
            <Button
              variant="default"
              onClick={() => set(derived.filter((_, k) => k !== index))}
              aria-label={`Remove derived endpoint ${entry.endpoint.label || entry.endpoint.id}`}
            >
              Remove
            </Button>
          </div>
        ))}
      </div>
      <Button variant="default" mt="sm" mr="xs" onClick={() => set([...derived, newDerived()])}>
        Add a derived endpoint
      </Button>
    </>
  );
}

function newDerived(): Derived {
  const outcome = startingOutcome("binary");
  return {
    endpoint: {
      id: "",
      label: "",
      unit: "",
      scale: "identity",
      benefit: "higher-is-better",
      sourceRange: { minimum: null, maximum: null },
      ...(outcome === undefined ? {} : { outcome }),
    },
    expression: "",
  };
}
