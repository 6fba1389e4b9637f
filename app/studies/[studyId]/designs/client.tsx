"use client";
import { useQuery } from "@tanstack/react-query";
import type { TrialDesign } from "../../../../lib/simulation/simulation-document.ts";
import { EmptyState } from "../../../_components/feedback/empty-state.tsx";
import { PageHeader } from "../../../_components/feedback/page-header.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { UnknownInAddress } from "../../../_components/feedback/unknown-in-address.tsx";
import { PermittedButton } from "../../../_components/form/permitted-button.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { DesignComparison } from "./design-comparison.tsx";
import { DesignDrawer } from "./design-drawer.tsx";
import { DesignOverview } from "./design-overview.tsx";

export function DesignsPage() {
  const study = useStudy();
  const trpc = useTRPC();
  const { params, write } = useUrlState();
  const designs = useQuery(trpc.design.list.queryOptions({ studyId: study.id }));
  const wanted = params.get("edit");
  const fresh = (
    <PermittedButton needs="design.write" size="sm" onClick={() => write({ edit: "new" }, "push")}>
      New design
    </PermittedButton>
  );
  return (
    <>
      <PageHeader
        title="Designs"
        lede="What we do: one row per protocol variant. What nature does stands under Simulations, as scenarios."
        actions={
          <>
            <PermittedButton needs="simulation.run" variant="default" href={`/studies/${study.id}/simulations?new=run`}>
              Simulate the designs
            </PermittedButton>
            {fresh}
          </>
        }
      />
      <QueryGate query={designs}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState title="No designs yet" action={fresh}>
              The first five follow from the sizing when a model has been trained: fixed designs under the three
              analyses, and versions with two and three looks. A design can also be written by hand.
            </EmptyState>
          ) : (
            <Designs designs={rows} />
          )
        }
      </QueryGate>
      {designs.data !== undefined && (
        <UnknownInAddress
          what="a design"
          id={wanted}
          known={["new", ...designs.data.map(({ id }) => id)]}
          instead="All designs stand above."
        />
      )}
      {designs.data !== undefined && (wanted === "new" || designs.data.some(({ id }) => id === wanted)) && (
        <DesignDrawer
          key={wanted}
          designs={designs.data}
          wanted={wanted ?? "new"}
          onClose={() => write({ edit: null })}
        />
      )}
    </>
  );
}

function Designs({ designs }: { designs: readonly TrialDesign[] }) {
  const { params, write } = useUrlState();
  const pair = [params.get("left"), params.get("right")].map((id) => designs.find((design) => design.id === id));
  const [left, right] = pair;
  const ids = designs.map(({ id }) => id);
  return (
    <>
      {(["left", "right"] as const).map((side) => (
        <UnknownInAddress
          key={side}
          what="a design to compare"
          id={params.get(side)}
          known={ids}
          instead="Choose two designs of the table."
        />
      ))}
      <DesignOverview designs={designs} />
      {left !== undefined && right !== undefined && (
        <DesignComparison left={left} right={right} onClose={() => write({ left: null, right: null })} />
      )}
    </>
  );
}
