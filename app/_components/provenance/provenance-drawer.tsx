"use client";
import { Button, CopyButton, Drawer, Group } from "@mantine/core";
import { ProgramCodeView } from "../report/program-code-view.tsx";
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
      {entry.code !== undefined && (
        <section className={classes.part}>
          <h3>The same number from other software</h3>
          <ProgramCodeView
            code={entry.code}
            about={entry.title}
            {...(entry.codeData === undefined ? {} : { data: entry.codeData })}
          />
        </section>
      )}
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
