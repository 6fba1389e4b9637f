"use client";
import { NativeSelect, SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import classes from "./choice-bar.module.css";

interface ChoiceBarProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

/** Few choices stand side by side; many, or a narrow screen, fold into a list. */
export function ChoiceBar(props: ChoiceBarProps) {
  const narrow = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: true });
  const letters = props.choices.reduce((sum, choice) => sum + choice.label.length + 4, 0);
  if (props.choices.length < 2) return null;
  const folded = props.choices.length > 6 || letters > 90 || (narrow && letters > 36);
  return (
    <div className={classes.bar}>
      {folded ? (
        <NativeSelect
          label={props.label}
          value={props.value}
          onChange={(event) => props.onChange(event.currentTarget.value)}
          data={[...props.choices]}
        />
      ) : (
        <>
          <span className={classes.label} aria-hidden>
            {props.label}
          </span>
          <SegmentedControl
            aria-label={props.label}
            value={props.value}
            onChange={props.onChange}
            data={[...props.choices]}
            transitionDuration={0}
          />
        </>
      )}
    </div>
  );
}
