"use client";
import { Button, FileButton, JsonInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { mappingSpecSchema } from "../../../../../lib/data/mapping-spec.ts";
import { downloadText, fileNameFrom } from "../../../../_components/chart/download.ts";
import { Notice } from "../../../../_components/feedback/notice.tsx";
import { Section } from "../../../../_components/feedback/page-header.tsx";
import type { MappingFieldsProps } from "./mapping-step.tsx";

/** The mapping as the JSON document that is saved with the version and that the command line takes. */
export function MappingJson({ draft, onChange }: MappingFieldsProps) {
  const [text, setText] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const [shown, setShown] = useState(false);
  useEffect(() => setText(`${JSON.stringify(draft, null, 2)}\n`), [draft]);

  function take(candidate: string) {
    setText(candidate);
    try {
      const parsed = mappingSpecSchema.safeParse(JSON.parse(candidate));
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        return setFailure(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not a mapping"}`);
      }
      setFailure(null);
      onChange(parsed.data);
    } catch {
      setFailure("This is not JSON. A mapping is a JSON document with format understudy-mapping/1.");
    }
  }

  return (
    <Section
      title="The mapping as a document"
      note="Saved with the data-set version; the command line takes the same file."
      side={
        <>
          <Button variant="default" onClick={() => setShown(!shown)} aria-expanded={shown}>
            {shown ? "Hide the JSON" : "Show the JSON"}
          </Button>
          <Button
            variant="default"
            onClick={() => downloadText(`${fileNameFrom(draft.name)}-mapping.json`, "application/json", text)}
          >
            Download the mapping
          </Button>
          <FileButton
            accept=".json,application/json"
            onChange={(file) => file !== null && void file.text().then(take)}
            inputProps={{ "aria-label": "Mapping file" }}
          >
            {(props) => (
              <Button variant="default" {...props}>
                Use a mapping from a file
              </Button>
            )}
          </FileButton>
        </>
      }
    >
      {failure !== null && <Notice tone="failure">{failure}</Notice>}
      {shown && (
        <JsonInput
          label="Mapping (JSON)"
          value={text}
          onChange={take}
          autosize
          minRows={8}
          maxRows={24}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        />
      )}
    </Section>
  );
}
