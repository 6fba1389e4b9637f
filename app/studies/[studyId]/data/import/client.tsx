"use client";
import { Anchor } from "@mantine/core";
import Link from "next/link";
import { formatQuantity } from "../../../../../lib/reporting/format-number.ts";
import { PageHeader } from "../../../../_components/feedback/page-header.tsx";
import { useStudy } from "../../../../_components/shell/study-context.tsx";
import { FileStep } from "./file-step.tsx";
import classes from "./import.module.css";
import type { Upload } from "./import-draft.ts";
import { MappingStep } from "./mapping-step.tsx";
import { QualityStep } from "./quality-step.tsx";
import { SubjectsStep } from "./subjects-step.tsx";
import { type ImportStep, importSteps, useImport } from "./use-import.ts";

const titles: Readonly<Record<ImportStep, string>> = {
  file: "File",
  mapping: "Mapping",
  quality: "Quality report",
  confirm: "Confirm",
};

export function ImportPage() {
  const study = useStudy();
  const work = useImport(study.id, study.specification);
  const { upload, draft } = work;
  return (
    <>
      <Anchor component={Link} href={`/studies/${study.id}/data`} fz="sm">
        All data sets
      </Anchor>
      <PageHeader
        title="Import a data set"
        lede={
          upload?.table === undefined || upload.table === null
            ? "Nothing is stored before you confirm; an import is all or nothing."
            : [upload, ...(upload.subjects === null ? [] : [upload.subjects])].map(extent).join("; ")
        }
      />
      <ol className={classes.steps} aria-label="Steps of the import">
        {importSteps.map((step, index) => (
          <li key={step} aria-current={step === work.step ? "step" : undefined}>
            <button type="button" disabled={importSteps.indexOf(work.step) <= index} onClick={() => work.goTo(step)}>
              {index + 1}. {titles[step]}
            </button>
          </li>
        ))}
      </ol>
      {(work.step === "file" || upload === null || draft === null) && <FileStep work={work} />}
      {work.step === "mapping" && upload !== null && draft !== null && (
        <MappingStep
          upload={upload}
          draft={draft}
          onChange={work.setDraft}
          onNext={() => work.goTo("quality")}
          subjectsFile={<SubjectsStep work={work} />}
        />
      )}
      {(work.step === "quality" || work.step === "confirm") && upload !== null && draft !== null && (
        <QualityStep
          upload={upload}
          draft={draft}
          onBack={() => work.goTo("mapping")}
          confirming={work.step === "confirm"}
          onConfirm={() => work.goTo("confirm")}
        />
      )}
    </>
  );
}

/** "adsl.csv: 254 rows, 40 columns". */
function extent({ fileName, table }: Pick<Upload, "fileName" | "table">): string {
  if (table === null) return fileName;
  return `${fileName}: ${formatQuantity(table.rowCount, "row")}, ${formatQuantity(table.columns.length, "column")}`;
}
