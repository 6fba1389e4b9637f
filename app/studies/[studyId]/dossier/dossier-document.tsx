"use client";
import { Anchor, Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { formatQuantity } from "../../../../lib/reporting/format-number.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { useUrlState } from "../../../_lib/url-state.ts";
import classes from "./dossier.module.css";
import { type Dossier, fileHref, folderName, pdfName } from "./dossier-types.ts";

/** Contents left, the PDF itself right; a contents line opens its page. On a phone the PDF is a download. */
export function DossierDocument({ dossier }: { dossier: Dossier }) {
  const { params, write } = useUrlState();
  const narrow = useMediaQuery("(max-width: 62em)", false, { getInitialValueInEffect: true });
  const page = Math.max(1, Number(params.get("page") ?? 1) || 1);
  // A signature makes the files anew: the hash in the address keeps the browser from showing the ones before.
  const href = `${fileHref(dossier.id, pdfName, false)}?v=${(dossier.pdfHash ?? "").slice(0, 12)}`;
  return (
    <Section
      title="Document"
      id="document"
      note={dossier.pages === null ? undefined : `PDF of ${formatQuantity(dossier.pages, "page")}.`}
      side={
        <>
          <Button component="a" href={href} target="_blank" rel="noreferrer" variant="default">
            Open the PDF
          </Button>
          <Button component="a" href={fileHref(dossier.id, pdfName, true)} download variant="default">
            Download the PDF
          </Button>
          <Button component="a" href={fileHref(dossier.id, folderName, true)} download variant="default">
            Download the folder (ZIP)
          </Button>
        </>
      }
    >
      <div className={classes.document}>
        <nav aria-label="Contents of the PDF" className={classes.contents}>
          <ol>
            {dossier.contents.map((entry) => (
              <li key={`${entry.number}:${entry.title}`} data-deep={entry.number.includes(".")}>
                {narrow ? (
                  <Anchor href={`${href}#page=${entry.page}`} target="_blank" rel="noreferrer" fz="inherit">
                    <span>{entry.number}</span> {entry.title}
                  </Anchor>
                ) : (
                  <button
                    type="button"
                    aria-current={entry.page === page ? "true" : undefined}
                    onClick={() => write({ page: String(entry.page) })}
                  >
                    <span>{entry.number}</span> {entry.title}
                  </button>
                )}
                <span className={classes.page}>{entry.page}</span>
              </li>
            ))}
          </ol>
        </nav>
        {!narrow && (
          // The browser's PDF viewer keeps Tab to itself; by keyboard the PDF opens in a tab of its own.
          <object
            key={`${href}:${page}`}
            tabIndex={-1}
            className={classes.pdf}
            data={`${href}#page=${page}&navpanes=0&view=FitH`}
            type="application/pdf"
            aria-label={`Dossier version ${dossier.version}, PDF`}
          >
            <p>
              This browser does not show PDF files inside a page.{" "}
              <a href={`${href}#page=${page}`} target="_blank" rel="noreferrer">
                Open the PDF in a tab of its own
              </a>
              .
            </p>
          </object>
        )}
      </div>
    </Section>
  );
}
