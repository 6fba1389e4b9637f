"use client";
import { ActionIcon, type ActionIconProps, Button, type ButtonProps, Tooltip } from "@mantine/core";
import Link from "next/link";
import type { ReactElement, ReactNode } from "react";
import { type Permission, useRefusal } from "../../_lib/use-refusal.ts";

interface Gate {
  /** What a role must be allowed to do for the button to work. */
  readonly needs: Permission | readonly Permission[];
}

type Action =
  | { readonly href: string; readonly onClick?: never; readonly type?: never }
  | { readonly href?: never; readonly onClick?: () => void; readonly type?: "button" | "submit" };

type PermittedButtonProps = Gate &
  Action &
  ButtonProps & { readonly "aria-label"?: string; readonly children: ReactNode };

/** A button, or a link that looks like one, that a role without the permission finds switched off, with the reason. */
export function PermittedButton({ needs, href, onClick, type, ...look }: PermittedButtonProps) {
  const refusal = useRefusal(...[needs].flat());
  if (refusal !== null)
    return (
      <Reason refusal={refusal}>
        <Button {...look} {...switchedOff(refusal)} />
      </Reason>
    );
  if (href !== undefined) return <Button {...look} component={Link} href={href} />;
  return <Button {...look} type={type ?? "button"} {...(onClick === undefined ? {} : { onClick })} />;
}

type PermittedIconProps = Gate &
  ActionIconProps & { readonly label: string; readonly hint: string; readonly onClick: () => void };

/** The same for a button that shows only an icon; its hint gives way to the reason. */
export function PermittedIcon({ needs, label, hint, onClick, ...look }: PermittedIconProps) {
  const refusal = useRefusal(...[needs].flat());
  return refusal === null ? (
    <Tooltip label={hint}>
      <ActionIcon variant="default" {...look} aria-label={label} onClick={onClick} />
    </Tooltip>
  ) : (
    <Reason refusal={refusal}>
      <ActionIcon variant="default" {...look} aria-label={label} {...switchedOff(refusal)} />
    </Reason>
  );
}

function Reason({ refusal, children }: { refusal: string; children: ReactElement }) {
  return (
    <Tooltip label={refusal} multiline w={280} events={{ hover: true, focus: true, touch: true }}>
      {children}
    </Tooltip>
  );
}

/** Not `disabled`: the button stays in the Tab order, so that everybody can come to the reason. */
function switchedOff(refusal: string) {
  return {
    type: "button",
    "data-disabled": true,
    "aria-disabled": true,
    "aria-description": refusal,
    onClick: (event: { preventDefault(): void }) => event.preventDefault(),
  } as const;
}
