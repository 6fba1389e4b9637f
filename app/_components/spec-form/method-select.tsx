import { Select } from "@mantine/core";
import type { MethodChoice } from "./use-spec-draft.ts";

/** The method, grouped by what it is for. */
export function MethodSelect(props: {
  choices: readonly MethodChoice[];
  value: string;
  label?: string;
  onChange: (method: string) => void;
}) {
  const families = [...new Set(props.choices.map(({ family }) => family))];
  return (
    <Select
      label={props.label ?? "Method"}
      allowDeselect={false}
      searchable
      maxDropdownHeight={420}
      data={families.map((family) => ({
        group: family,
        items: props.choices
          .filter((choice) => choice.family === family)
          .map((choice) => ({ value: choice.method, label: choice.title })),
      }))}
      value={props.value}
      onChange={(method) => {
        if (method !== null) props.onChange(method);
      }}
    />
  );
}
