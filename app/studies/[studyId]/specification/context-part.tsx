"use client";
import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import classes from "./specification.module.css";
import type { SpecificationPartProps } from "./specification-form.ts";

const levels = ["low", "medium", "high"];

/** Identification of the programme and the credibility frame: context of use, influence, consequence. */
export function ContextPart({ form }: SpecificationPartProps) {
  return (
    <div className={classes.grid}>
      <TextInput label="Compound" {...form.getInputProps("compound")} />
      <TextInput label="Phase" {...form.getInputProps("phase")} />
      <TextInput label="Sponsor" {...form.getInputProps("sponsor")} />
      <TextInput label="Protocol number" {...form.getInputProps("protocolId")} />
      <NativeSelect
        label="Origin of the data"
        data={["real", "public", "simulated"]}
        {...form.getInputProps("dataOrigin")}
      />
      <Textarea
        className={classes.wide ?? ""}
        label="Context of use"
        description="What the model is used for in this trial, and what not"
        autosize
        {...form.getInputProps("contextOfUse")}
      />
      <NativeSelect label="Influence of the model" data={levels} {...form.getInputProps("modelInfluence.level")} />
      <Textarea label="Why this influence" autosize {...form.getInputProps("modelInfluence.reason")} />
      <NativeSelect
        label="Consequence of a wrong decision"
        data={levels}
        {...form.getInputProps("decisionConsequence.level")}
      />
      <Textarea label="Why this consequence" autosize {...form.getInputProps("decisionConsequence.reason")} />
    </div>
  );
}
