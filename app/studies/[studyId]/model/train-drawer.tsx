"use client";
import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "../../../_components/feedback/empty-state.tsx";
import { QueryGate } from "../../../_components/feedback/query-gate.tsx";
import { useStudy } from "../../../_components/shell/study-context.tsx";
import { useTRPC } from "../../../_lib/trpc.ts";
import { TrainForm } from "./train-form.tsx";

/** Training choices with defaults that fit; advanced choices fold away. */
export function TrainDrawer(props: { opened: boolean; onClose: () => void }) {
  const study = useStudy();
  const trpc = useTRPC();
  const datasets = useQuery(trpc.dataset.list.queryOptions({ studyId: study.id }, { enabled: props.opened }));
  const history = datasets.data?.find((row) => row.role === "historical-control" && row.current);
  const dataset = useQuery(
    trpc.dataset.get.queryOptions({ datasetId: history?.id ?? "" }, { enabled: props.opened && history !== undefined }),
  );
  const defaults = useQuery(
    trpc.model.defaults.queryOptions({ studyId: study.id }, { enabled: props.opened && history !== undefined }),
  );
  return (
    <Drawer opened={props.opened} onClose={props.onClose} title="Train a progression model" size="md">
      <QueryGate query={datasets}>
        {() =>
          history === undefined ? (
            <EmptyState title="There are no historical controls yet">
              Import a data set with the role “historical control” first.
            </EmptyState>
          ) : (
            <QueryGate query={defaults}>
              {(training) => (
                <QueryGate query={dataset}>
                  {(data) => <TrainForm training={training} dataset={data} onDone={props.onClose} />}
                </QueryGate>
              )}
            </QueryGate>
          )
        }
      </QueryGate>
    </Drawer>
  );
}
