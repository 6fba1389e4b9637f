import { Notice } from "./notice.tsx";

/** Says that the address names something which is not among what the page has, and what is shown in its place. */
export function UnknownInAddress(props: {
  what: string;
  id: string | null;
  known: readonly string[];
  /** A whole sentence, e.g. "Shown is the version in use." */
  instead: string;
}) {
  if (props.id === null || props.known.includes(props.id)) return null;
  return (
    <Notice tone="warning" title={`The address names ${props.what} that this study does not have`}>
      <p>
        <span className="hash">{props.id}</span> may have been removed, or the address was cut when it was copied.{" "}
        {props.instead}
      </p>
    </Notice>
  );
}
