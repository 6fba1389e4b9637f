import { IconArrowDown, IconArrowsSort, IconArrowUp } from "@tabler/icons-react";
import classes from "./sort-title.module.css";

type SortDirection = "ascending" | "descending";

/** A column's title that orders the table; it says in words which way. */
export function SortTitle(props: { text: string; direction: SortDirection | null; onSort: () => void }) {
  const Icon =
    props.direction === null ? IconArrowsSort : props.direction === "ascending" ? IconArrowUp : IconArrowDown;
  return (
    <button type="button" className={classes.title} data-active={props.direction !== null} onClick={props.onSort}>
      {props.text}
      <Icon size={12} aria-hidden />
      <span className="sr-only">{props.direction === null ? ", order by this column" : `, ${props.direction}`}</span>
    </button>
  );
}
