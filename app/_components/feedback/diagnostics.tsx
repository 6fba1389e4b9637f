import { Anchor } from "@mantine/core";
import Link from "next/link";
import type { Diagnostic } from "../../../lib/errors/diagnostic.ts";
import classes from "./feedback.module.css";
import { Notice, type NoticeTone } from "./notice.tsx";

const tones: Record<Diagnostic["severity"], NoticeTone> = {
  information: "information",
  warning: "warning",
  critical: "failure",
};

/** Caveats beside the number they concern; each with a link to it where one is known. */
export function Diagnostics(props: {
  items: readonly (Diagnostic & { href?: string | null | undefined })[];
  label?: string;
}) {
  if (props.items.length === 0) return null;
  return (
    <ul className={classes.diagnostics} aria-label={props.label ?? "Warnings"}>
      {props.items.map((item) => (
        <li key={`${item.code}:${item.concerns}:${item.message}`}>
          <Notice tone={tones[item.severity]}>
            <p>
              {item.message}
              {typeof item.href === "string" && (
                <>
                  {" "}
                  <Anchor component={Link} href={item.href} underline="always" fz="inherit" c="inherit">
                    See the number
                  </Anchor>
                </>
              )}
            </p>
          </Notice>
        </li>
      ))}
    </ul>
  );
}
