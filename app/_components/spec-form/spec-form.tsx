"use client";
import { Button, MultiSelect, NumberInput, Select, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { initialRecord, initialValue } from "./initial-value.ts";
import { MatrixText, NumberList } from "./number-list.tsx";
import classes from "./spec-form.module.css";
import { type SpecField, type SpecNode, type SpecRecord, type SpecValue, wordsOf } from "./spec-node.ts";
import { optionsFor, type SpecVocabulary } from "./spec-vocabulary.ts";

interface FieldsProps {
  readonly fields: readonly SpecField[];
  readonly value: SpecRecord;
  readonly path: string;
  readonly vocabulary: SpecVocabulary | null;
  /** Sentences by dotted path. */
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (value: SpecRecord) => void;
}

/**
 * The fields of a specification, drawn from its schema: those that are needed or already used first, the others folded
 * away.
 */
export function SpecForm(props: FieldsProps) {
  const [open, setOpen] = useState(false);
  const [first] = useState(() => new Set(Object.keys(props.value)));
  const drawn = props.fields.filter(({ node }) => node.kind !== "fixed");
  const used = ({ key, node }: SpecField) => node.kind !== "optional" || first.has(key);
  const rest = drawn.filter((field) => !used(field));
  return (
    <>
      <SpecFields {...props} fields={drawn.filter(used)} />
      {rest.length > 0 && (
        <div>
          <Button variant="default" size="compact-sm" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Hide further options" : `Further options (${rest.length})`}
          </Button>
        </div>
      )}
      {open && <SpecFields {...props} fields={rest} />}
    </>
  );
}

function SpecFields({ fields, value, path, vocabulary, errors, onChange }: FieldsProps) {
  return (
    <>
      {fields
        .filter(({ node }) => node.kind !== "fixed")
        .map(({ key, node }) => (
          <SpecControl
            key={key}
            name={key}
            node={node}
            value={value[key]}
            path={path === "" ? key : `${path}.${key}`}
            vocabulary={vocabulary}
            errors={errors}
            onChange={(changed) => {
              const { [key]: _, ...rest } = value;
              onChange(changed === undefined ? rest : { ...value, [key]: changed });
            }}
          />
        ))}
    </>
  );
}

interface ControlProps {
  readonly name: string;
  readonly node: SpecNode;
  readonly value: SpecValue | undefined;
  readonly path: string;
  readonly vocabulary: SpecVocabulary | null;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (value: SpecValue | undefined) => void;
}

function SpecControl(props: ControlProps) {
  const { name, node, value, path, vocabulary, errors, onChange } = props;
  const about = {
    label: node.label,
    ...describedBy(node.description),
    error: errors[path] ?? null,
  };
  // A field called "name" asks for what the field around it names.
  const options = optionsFor(name === "name" ? path : name, vocabulary);
  switch (node.kind) {
    case "fixed":
      return null;
    case "choice":
      return (
        <Select
          {...about}
          data={node.options.map((option) => ({ value: String(option), label: wordsOf(String(option)) }))}
          value={value === undefined || value === null ? null : String(value)}
          allowDeselect={false}
          onChange={(text) => onChange(node.options.find((option) => String(option) === text))}
        />
      );
    case "yes-no":
      return <Switch {...about} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
    case "number":
      return (
        <NumberInput
          {...about}
          value={typeof value === "number" || typeof value === "string" ? value : ""}
          allowDecimal={!node.whole}
          decimalScale={12}
          onChange={(typed) => onChange(typed === "" ? undefined : typed)}
        />
      );
    case "numbers":
      return <NumberList {...about} single={node.single} value={value} onChange={onChange} />;
    case "matrix":
      return <MatrixText {...about} value={value} onChange={onChange} />;
    case "text":
      return options === null ? (
        <TextInput
          {...about}
          value={typeof value === "string" ? value : ""}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <Select
          {...about}
          data={[...options]}
          value={typeof value === "string" ? value : null}
          searchable={options.length > 8}
          onChange={(text) => onChange(text ?? undefined)}
        />
      );
    case "texts": {
      const chosen = Array.isArray(value) ? value.map(String) : [];
      return options === null ? (
        <TextInput
          {...about}
          placeholder="separated by commas"
          value={chosen.join(", ")}
          onChange={(event) =>
            onChange(
              event.currentTarget.value
                .split(",")
                .map((part) => part.trim())
                .filter((part) => part !== ""),
            )
          }
        />
      ) : (
        <MultiSelect {...about} data={[...options]} value={chosen} searchable clearable onChange={onChange} />
      );
    }
    case "record":
      return (
        <fieldset className={classes.group}>
          <legend>{node.label}</legend>
          {node.description !== "" && <p className={classes.hint}>{node.description}</p>}
          <SpecFields {...props} fields={node.fields} value={recordOf(value)} onChange={onChange} />
        </fieldset>
      );
    case "by-name":
      return (
        <fieldset className={classes.group}>
          <legend>{node.label}</legend>
          {node.description !== "" && <p className={classes.hint}>{node.description}</p>}
          <SpecFields
            {...props}
            fields={(options ?? []).map((option) => ({
              key: option.value,
              node: { kind: "optional", label: option.label, description: "", inner: node.each, absent: undefined },
            }))}
            value={recordOf(value)}
            onChange={onChange}
          />
        </fieldset>
      );
    case "variant":
      return <Variant {...props} node={node} />;
    case "list":
      return <EntryList {...props} node={node} />;
    case "optional":
      return <Optional {...props} node={node} />;
  }
}

/** A list of names to choose from needs no word on ids. */
function describedBy(description: string): { description?: string } {
  const text = description.replace(/,? by (id|name)\b/g, "");
  return text.split(" ").length < 3 ? {} : { description: text };
}

function recordOf(value: SpecValue | undefined): SpecRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as SpecRecord) : {};
}

function Variant(props: ControlProps & { node: Extract<SpecNode, { kind: "variant" }> }) {
  const { node, value, vocabulary, errors, path, onChange } = props;
  const record = recordOf(value);
  const shape = node.shapes.find((candidate) => candidate.value === record[node.key]) ?? node.shapes[0];
  const drawn = shape?.fields.filter((field) => field.node.kind !== "fixed") ?? [];
  return (
    <fieldset className={classes.group} data-plain={drawn.length === 0}>
      <Select
        label={node.label}
        description={shape?.description === "" ? node.description : shape?.description}
        error={errors[path] ?? errors[`${path}.${node.key}`] ?? null}
        allowDeselect={false}
        data={node.shapes.map((candidate) => ({ value: candidate.value, label: candidate.label }))}
        value={shape?.value ?? null}
        onChange={(chosen) => {
          const next = node.shapes.find((candidate) => candidate.value === chosen);
          if (next !== undefined) onChange({ [node.key]: next.value, ...initialRecord(next.fields, vocabulary) });
        }}
      />
      {shape !== undefined && <SpecFields {...props} fields={shape.fields} value={record} onChange={onChange} />}
    </fieldset>
  );
}

function EntryList(props: ControlProps & { node: Extract<SpecNode, { kind: "list" }> }) {
  const { node, value, path, vocabulary, errors, onChange } = props;
  const entries = Array.isArray(value) ? (value as readonly SpecValue[]) : [];
  return (
    <fieldset className={classes.group}>
      <legend>{node.label}</legend>
      {node.description !== "" && <p className={classes.hint}>{node.description}</p>}
      {errors[path] !== undefined && <p className={classes.error}>{errors[path]}</p>}
      {entries.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
        <div key={index} className={classes.entry}>
          <SpecControl
            name={props.name}
            node={{ ...node.item, label: node.item.label === "" ? `${node.label} ${index + 1}` : node.item.label }}
            value={entry}
            path={`${path}.${index}`}
            vocabulary={vocabulary}
            errors={errors}
            onChange={(changed) =>
              onChange(entries.map((other, place) => (place === index ? (changed ?? null) : other)))
            }
          />
          <Button
            variant="subtle"
            size="compact-xs"
            aria-label={`Remove ${node.label} ${index + 1}`}
            onClick={() => onChange(entries.filter((_, place) => place !== index))}
          >
            Remove
          </Button>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => onChange([...entries, initialValue(node.item, props.name, vocabulary)])}
        >
          Add
        </Button>
      </div>
    </fieldset>
  );
}

/** A part that may be left out; simple parts are left out by leaving them blank. */
function Optional(props: ControlProps & { node: Extract<SpecNode, { kind: "optional" }> }) {
  const { node, value, onChange, vocabulary } = props;
  const { inner } = node;
  const none = node.absent;
  const described = { ...inner, label: node.label, description: node.description || inner.description };
  if (inner.kind === "number" || inner.kind === "numbers" || inner.kind === "text" || inner.kind === "texts")
    return (
      <SpecControl
        {...props}
        node={described}
        value={value ?? undefined}
        onChange={(changed) => onChange(changed === undefined || changed === "" ? none : changed)}
      />
    );
  const present = value !== undefined && value !== none;
  return (
    <div className={classes.optional}>
      <Switch
        label={node.label}
        description={described.description}
        checked={present}
        onChange={(event) => onChange(event.currentTarget.checked ? initialValue(inner, props.name, vocabulary) : none)}
      />
      {present && <SpecControl {...props} node={{ ...inner, label: node.label, description: "" }} value={value} />}
    </div>
  );
}
