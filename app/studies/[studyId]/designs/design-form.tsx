"use client";
import { NativeSelect, NumberInput, Switch, TextInput } from "@mantine/core";
import { scaleWords } from "../../../../lib/design/design-words.ts";
import { boundScaleSchema } from "../../../../lib/design/futility-scale.ts";
import { analysisParts } from "../../../../lib/simulation/simulated-analysis.ts";
import { simulatedAnalysisSchema } from "../../../../lib/simulation/simulation-document.ts";
import { BoundaryFields } from "./boundary-fields.tsx";
import { type DesignDraft, withFutility } from "./design-draft.ts";
import classes from "./designs.module.css";
import { SpendingFields } from "./spending-fields.tsx";

interface DesignFormProps {
  readonly draft: DesignDraft;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (change: Partial<DesignDraft>) => void;
}

/** Every field of a design; the choices show only the parameters they carry. */
export function DesignForm({ draft, errors, onChange }: DesignFormProps) {
  return (
    <div className={classes.form}>
      <TextInput
        label="Name"
        value={draft.name}
        maxLength={80}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        error={errors.name ?? null}
      />
      <div className={classes.row}>
        <NumberInput
          label="Experimental"
          description="patients randomised"
          min={2}
          allowDecimal={false}
          value={draft.experimental}
          onChange={(experimental) => onChange({ experimental })}
          error={errors.experimental ?? null}
        />
        <NumberInput
          label="Control"
          description="patients randomised"
          min={2}
          allowDecimal={false}
          value={draft.control}
          onChange={(control) => onChange({ control })}
          error={errors.control ?? null}
        />
      </div>
      <div className={classes.row}>
        <NumberInput
          label="One-sided α"
          description="in the direction of benefit; half the α of a two-sided test"
          step={0.005}
          value={draft.oneSidedAlpha}
          onChange={(oneSidedAlpha) => onChange({ oneSidedAlpha })}
          error={errors.oneSidedAlpha ?? null}
        />
        <NativeSelect
          label="Analysis"
          value={draft.analysis}
          onChange={(event) => onChange({ analysis: event.currentTarget.value as DesignDraft["analysis"] })}
          data={simulatedAnalysisSchema.options.map((value) => ({ value, label: analysisParts(value).name }))}
        />
      </div>
      <TextInput
        label="Looks"
        description="share of patients with the primary visit at each look; the last is 1"
        value={draft.looks}
        onChange={(event) => onChange({ looks: event.currentTarget.value })}
        error={errors.looks ?? null}
      />
      <fieldset className={classes.group}>
        <legend>Efficacy</legend>
        <NativeSelect
          label="Stop for efficacy"
          value={draft.efficacy}
          onChange={(event) => onChange({ efficacy: event.currentTarget.value as DesignDraft["efficacy"] })}
          data={[
            { value: "fixed", label: "at the final analysis only" },
            { value: "spending", label: "at every look, by alpha spending" },
            { value: "boundary", label: "at every look, bounds of a classical shape or by hand" },
          ]}
        />
        {draft.efficacy === "spending" && (
          <SpendingFields
            label="Alpha spending"
            name="efficacySpending"
            value={draft.efficacySpending}
            errors={errors}
            onChange={(efficacySpending) => onChange({ efficacySpending })}
          />
        )}
        {draft.efficacy === "boundary" && (
          <BoundaryFields
            value={draft.efficacyBoundary}
            errors={errors}
            onChange={(efficacyBoundary) => onChange({ efficacyBoundary })}
          />
        )}
        {draft.efficacy !== "fixed" && (
          <TextInput
            label="Efficacy looks"
            description="numbers of the looks that test for efficacy, the last among them; blank for all"
            value={draft.efficacyAt}
            onChange={(event) => onChange({ efficacyAt: event.currentTarget.value })}
            error={errors.efficacyAt ?? null}
          />
        )}
      </fieldset>
      <fieldset className={classes.group}>
        <legend>Futility</legend>
        <NativeSelect
          label="Stop for futility"
          value={draft.futility}
          onChange={(event) => onChange(withFutility(draft, event.currentTarget.value as DesignDraft["futility"]))}
          data={[
            { value: "none", label: "no futility stop" },
            { value: "beta-spending", label: "by beta spending" },
            { value: "z-scale", label: "at given z values" },
            { value: "scale", label: "at given values of another scale" },
            { value: "pampallona-tsiatis", label: "Pampallona–Tsiatis bounds, meeting the efficacy bound" },
          ]}
          error={errors.futility ?? null}
        />
        {draft.futility === "beta-spending" && (
          <>
            <SpendingFields
              label="Beta spending"
              name="futilitySpending"
              byHand
              value={draft.futilitySpending}
              errors={errors}
              onChange={(futilitySpending) => onChange({ futilitySpending })}
            />
            <TextInput
              label="Futility looks"
              description="numbers of the interim looks that stop for futility; blank for all"
              value={draft.futilityAt}
              onChange={(event) => onChange({ futilityAt: event.currentTarget.value })}
              error={errors.futilityAt ?? null}
            />
            <NumberInput
              label="Built for power"
              description="type II error spent is 1 − power"
              step={0.05}
              value={draft.futilityPower}
              onChange={(futilityPower) => onChange({ futilityPower })}
              error={errors.futilityPower ?? null}
            />
          </>
        )}
        {draft.futility === "pampallona-tsiatis" && (
          <>
            <NumberInput
              label="Δ₀"
              description="shape of the futility bounds; 0 as O'Brien–Fleming, ½ as Pocock"
              step={0.05}
              value={draft.futilityShape}
              onChange={(futilityShape) => onChange({ futilityShape })}
              error={errors.futilityShape ?? null}
            />
            <NumberInput
              label="Built for power"
              description="the bounds meet at the effect shown with this power"
              step={0.05}
              value={draft.futilityPower}
              onChange={(futilityPower) => onChange({ futilityPower })}
              error={errors.futilityPower ?? null}
            />
          </>
        )}
        {draft.futility === "z-scale" && (
          <TextInput
            label="Futility bounds"
            description='one z per interim look, in the direction of benefit; "none" for no bound'
            value={draft.futilityBounds}
            onChange={(event) => onChange({ futilityBounds: event.currentTarget.value })}
            error={errors.futilityBounds ?? null}
          />
        )}
        {draft.futility === "scale" && (
          <>
            <NativeSelect
              label="Scale"
              value={draft.futilityScale}
              onChange={(event) => {
                const futilityScale = boundScaleSchema.options.find((scale) => scale === event.currentTarget.value);
                if (futilityScale !== undefined) onChange({ futilityScale });
              }}
              data={boundScaleSchema.options.map((scale) => ({ value: scale, label: scaleWords(scale) }))}
            />
            <TextInput
              label="Futility bounds"
              description='one value per interim look; "none" for no bound'
              value={draft.futilityBounds}
              onChange={(event) => onChange({ futilityBounds: event.currentTarget.value })}
              error={errors.futilityBounds ?? null}
            />
            <NumberInput
              label="Built for power"
              description="the design effect is the one shown with this power"
              step={0.05}
              value={draft.futilityPower}
              onChange={(futilityPower) => onChange({ futilityPower })}
              error={errors.futilityPower ?? null}
            />
          </>
        )}
        {draft.futility !== "none" && (
          <Switch
            label={
              draft.binding
                ? "binding: the type I error holds only if the rule is obeyed"
                : "non-binding: the type I error holds even if the rule is ignored"
            }
            checked={draft.binding}
            onChange={(event) => onChange({ binding: event.currentTarget.checked })}
          />
        )}
      </fieldset>
    </div>
  );
}
