import { Anchor } from "@mantine/core";
import Link from "next/link";
import type { Diagnostic } from "../../../lib/errors/diagnostic.ts";
import { unbrokenUnits } from "../../../lib/reporting/unbroken-units.ts";
import classes from "./feedback.module.css";
import { Notice, type NoticeTone } from "./notice.tsx";

const tones: Record<Diagnostic["severity"], NoticeTone> = {
  information: "information",
  warning: "warning",
  critical: "failure",
};

/** Caveats beside the number they concern; away from it each names the object that it belongs to, and leads there. */
export function Diagnostics(props: {
  items: readonly (Diagnostic & { object?: string; href?: string })[];
  label?: string;
}) {
  if (props.items.length === 0) return null;
  return (
    <ul className={classes.diagnostics} aria-label={props.label ?? "Warnings"}>
      {props.items.map((item) => (
        <li key={`${item.object ?? ""}:${item.code}:${item.concerns}:${unbrokenUnits(item.message)}`}>
          <Notice tone={tones[item.severity]}>
            <p>
              {item.object !== undefined && item.href !== undefined && (
                <>
                  <Anchor component={Link} href={item.href} underline="always" fz="inherit" c="inherit" fw={500}>
                    {item.object}
                  </Anchor>
                  {": "}
                </>
              )}
              {item.message}
            </p>
          </Notice>
        </li>
      ))}
    </ul>
  );
}
