import { Button } from "@mantine/core";
import Link from "next/link";
import { PageHeader } from "./page-header.tsx";

interface NothingFoundProps {
  /** The kind of thing, in the field's word, e.g. "data set". */
  readonly what: string;
  /** As the address names it. */
  readonly id: string;
  /** Where it was looked for, e.g. "in this study". */
  readonly where: string;
  readonly href: string;
  readonly action: string;
}

/** The whole page of a thing that does not exist: what was looked for, why it may be gone, and where to go. */
export function NothingFound(props: NothingFoundProps) {
  const title = `${props.what.charAt(0).toUpperCase()}${props.what.slice(1)} not found`;
  return (
    <>
      <PageHeader title={title} />
      <p style={{ maxWidth: "46rem", lineHeight: 1.5 }}>
        There is no {props.what} <span className="hash">{props.id}</span> {props.where}. It may have been removed, it
        may belong to another workspace, or the address was cut when it was copied.
      </p>
      <Button component={Link} href={props.href} size="sm">
        {props.action}
      </Button>
    </>
  );
}
