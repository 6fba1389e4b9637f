"use client";
import { Button, CopyButton, Group } from "@mantine/core";
import { useState } from "react";
import type { ProgramCode } from "../../../lib/program-code/program-code.ts";
import provenance from "../provenance/provenance.module.css";
import classes from "./report.module.css";

/** Programs of independent software that give the numbers above. */
export function ProgramCodeView(props: {
  code: ProgramCode;
  about: string;
  /** The file that the programs read, and where it is. */
  data?: { readonly fileName: string; readonly href: string };
}) {
  const { code, about } = props;
  const [shown, setShown] = useState<"R" | "SAS" | null>(null);
  const text = shown === "R" ? code.r : code.sas;
  const packages = code.rPackages.length === 0 ? "base R" : `R with ${code.rPackages.join(", ")}`;
  const note = shown === "R" ? `Needs ${packages}.` : code.sasNote;
  return (
    <div className={classes.code}>
      <Group gap="xs">
        {(["R", "SAS"] as const).map((language) =>
          language === "SAS" && code.sas === null ? null : (
            <Button
              key={language}
              variant="default"
              size="compact-sm"
              aria-expanded={shown === language}
              aria-label={`${shown === language ? "Hide" : "Show"} ${language} code: ${about}`}
              onClick={() => setShown(shown === language ? null : language)}
            >
              {shown === language ? `Hide ${language} code` : `Show ${language} code`}
            </Button>
          ),
        )}
        {shown !== null && text !== null && (
          <CopyButton value={text}>
            {({ copied, copy }) => (
              <Button variant="subtle" size="compact-sm" onClick={copy}>
                {copied ? "Copied" : `Copy ${shown}`}
              </Button>
            )}
          </CopyButton>
        )}
      </Group>
      {shown !== null && props.data !== undefined && (
        <p className={classes.note}>
          The program reads{" "}
          <a href={props.data.href} download>
            {props.data.fileName}
          </a>{" "}
          from its folder; the file holds single patients.
        </p>
      )}
      {code.sas === null && code.sasNote !== "" && <p className={classes.note}>{code.sasNote}</p>}
      {shown !== null && text !== null && (
        <>
          {note !== "" && <p className={classes.note}>{note}</p>}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the code scrolls inside itself */}
          <pre className={provenance.code} tabIndex={0}>
            {text}
          </pre>
        </>
      )}
    </div>
  );
}
