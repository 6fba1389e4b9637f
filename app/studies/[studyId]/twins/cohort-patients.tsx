"use client";
import { NativeSelect, TextInput } from "@mantine/core";
import Link from "next/link";
import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import { placeLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import { decimalsForScale, formatCount, formatFixed, MISSING } from "../../../../lib/reporting/format-number.ts";
import { type CohortOrder, cohortOrders, viewCohort } from "../../../../lib/twins/cohort-rows.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { StateLabel } from "../../../_components/feedback/state-label.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { SortTitle } from "../../../_components/table/sort-title.tsx";
import { useUrlState } from "../../../_lib/url-state.ts";
import { armLabel, patientHref, primaryEndpoint, type TwinCohort } from "./twin-cohort.ts";
import classes from "./twins.module.css";

const supports = ["all", "out-of-support", "in-support"] as const;

/** Every patient with score, observed value and their difference; filter and order stand in the address. */
export function CohortPatients({ cohort, vocabulary }: { cohort: TwinCohort; vocabulary: FrozenModel }) {
  const study = useStudy();
  const { params, write } = useUrlState();
  const endpoint = primaryEndpoint(vocabulary.endpoints, cohort);
  const order: CohortOrder = cohortOrders.find((name) => name === params.get("sort")) ?? "patient";
  const descending = params.get("down") === "yes";
  const support = supports.find((name) => name === params.get("support")) ?? "all";
  const arm = params.get("arm");
  const search = params.get("find") ?? "";
  const rows = viewCohort(cohort.rows, { arm, support, search, order, descending });
  const decimals = decimalsForScale(
    cohort.rows.reduce((most, row) => Math.max(most, Math.abs(row.prognosticScore)), 0),
  );
  const sortTitle = (key: CohortOrder, text: string) => (
    <SortTitle
      text={text}
      direction={order === key ? (descending ? "descending" : "ascending") : null}
      onSort={() => write({ sort: key === "patient" ? null : key, down: order === key && !descending ? "yes" : null })}
    />
  );
  return (
    <Section title="Patients" note={`Score and observed value: ${placeLabel(vocabulary, cohort.primary)}.`}>
      <div className={classes.filters}>
        <TextInput
          label="Patient"
          placeholder="part of the id"
          value={search}
          onChange={(event) => write({ find: event.currentTarget.value })}
        />
        <NativeSelect
          label="Arm"
          value={arm ?? ""}
          onChange={(event) => write({ arm: event.currentTarget.value })}
          data={[
            { value: "", label: "all arms" },
            ...study.specification.arms.map((entry) => ({ value: entry.id, label: entry.label })),
          ]}
        />
        <NativeSelect
          label="Support"
          value={support}
          onChange={(event) =>
            write({ support: event.currentTarget.value === "all" ? null : event.currentTarget.value })
          }
          data={[
            { value: "all", label: "all patients" },
            { value: "out-of-support", label: "out of support" },
            { value: "in-support", label: "supported" },
          ]}
        />
        <output className={classes.count}>
          {formatCount(rows.length)} of {formatCount(cohort.rows.length)} patients
        </output>
      </div>
      <DataTable
        caption="Patients of the trial"
        captionHidden
        rows={rows}
        rowKey={(row) => `${row.study}:${row.patientId}`}
        maxHeight="34rem"
        empty="No patient matches. Clear the filters to see all of them."
        columns={[
          {
            key: "patient",
            title: sortTitle("patient", "Patient"),
            render: (row) => <Link href={patientHref(study.id, row.patientId)}>{row.patientId}</Link>,
          },
          {
            key: "arm",
            title: "Arm",
            render: (row) => <span className={classes.arm}>{armLabel(study, row.arm)}</span>,
          },
          {
            key: "score",
            title: sortTitle("score", "Score"),
            unit: endpoint.unit,
            align: "right",
            render: (row) => formatFixed(row.prognosticScore, decimals),
          },
          {
            key: "observed",
            title: sortTitle("observed", "Observed"),
            unit: endpoint.unit,
            align: "right",
            render: (row) => (row.observed === null ? MISSING : formatFixed(row.observed, decimals)),
          },
          {
            key: "difference",
            title: sortTitle("difference", "Observed minus twin"),
            unit: endpoint.unit,
            align: "right",
            render: (row) => (row.difference === null ? MISSING : formatFixed(row.difference, decimals)),
          },
          {
            key: "flags",
            title: "Flags",
            render: (row) =>
              row.outOfSupport ? (
                <StateLabel state="out-of-support" />
              ) : row.observed === null ? (
                "not observed at the primary visit"
              ) : (
                ""
              ),
          },
        ]}
      />
    </Section>
  );
}
