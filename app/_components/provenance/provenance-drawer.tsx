"use client";
import { Button, CopyButton, Drawer, Group } from "@mantine/core";
import { useState } from "react";
import classes from "./provenance.module.css";
import type { ProvenanceEntry } from "./provenance.ts";
import { SourceMark } from "./source-mark.tsx";

/** How one number was made. The same everywhere; no page invents its own. */
export function ProvenanceDrawer(props: { entry: ProvenanceEntry; opened: boolean; onClose: () => void }) {
  const { entry } = props;
  return (
    <Drawer opened={props.opened} onClose={props.onClose} title={entry.title} size="md">
      <p className={classes.value}>{entry.value}</p>
      {entry.uncertainty !== undefined && <p className={classes.uncertainty}>{entry.uncertainty}</p>}
      <section className={classes.part}>
        <h3>Method</h3>
        <p>
          {entry.method}
          {entry.formulas !== undefined && entry.formulas.length > 0 && ` Equations ${entry.formulas.join(", ")}.`}
        </p>
      </section>
      {entry.inputs !== undefined && entry.inputs.length > 0 && (
        <section className={classes.part}>
          <h3>Inputs</h3>
          <dl className={classes.list}>
            {entry.inputs.map((input) => (
              <Pair key={input.label} label={input.label}>
                {input.value}{" "}
                <SourceMark source={input.source} {...(input.note === undefined ? {} : { note: input.note })} />
              </Pair>
            ))}
          </dl>
        </section>
      )}
      {entry.identities !== undefined && entry.identities.length > 0 && (
        <section className={classes.part}>
          <h3>Identity</h3>
          <dl className={classes.list}>
            {entry.identities.map((identity) => (
              <Pair key={identity.label} label={identity.label}>
                <span className="hash">{identity.value}</span>
              </Pair>
            ))}
          </dl>
        </section>
      )}
      {entry.checks !== undefined && entry.checks.length > 0 && (
        <section className={classes.part}>
          <h3>Checks passed</h3>
          <ul style={{ margin: 0, paddingLeft: "1.1rem", fontSize: "0.8125rem" }}>
            {entry.checks.map((check) => (
              <li key={check}>{check}</li>
            ))}
          </ul>
        </section>
      )}
      <Code entry={entry} />
      <Group gap="xs" mt="lg">
        <CopyButton value={typeof window === "undefined" ? "" : window.location.href}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Link copied" : "Copy link"}
            </Button>
          )}
        </CopyButton>
        {entry.downloads?.map((download) => (
          <Button key={download.href} component="a" href={download.href} download variant="default">
            {download.label}
          </Button>
        ))}
      </Group>
    </Drawer>
  );
}

function Pair(props: { label: string; children: React.ReactNode }) {
  return (
    <>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </>
  );
}

function Code({ entry }: { entry: ProvenanceEntry }) {
  const [shown, setShown] = useState<string | null>(null);
  if (entry.code === undefined || entry.code.length === 0) return null;
  const code = entry.code.find((candidate) => candidate.language === shown);
  return (
    <section className={classes.part}>
      <Group gap="xs">
        {entry.code.map(({ language }) => (
          <Button
            key={language}
            variant="default"
            aria-expanded={shown === language}
            onClick={() => setShown(shown === language ? null : language)}
          >
            {shown === language ? `Hide ${language}` : `Show ${language}`}
          </Button>
        ))}
      </Group>
      {code !== undefined && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the code scrolls inside itself */}
          <pre className={classes.code} tabIndex={0}>
            {code.text}
          </pre>
          <CopyButton value={code.text}>
            {({ copied, copy }) => (
              <Button variant="subtle" onClick={copy}>
                {copied ? "Copied" : `Copy ${code.language}`}
              </Button>
            )}
          </CopyButton>
        </>
      )}
    </section>
  );
}
