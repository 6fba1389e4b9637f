"use client";
import { useQuery } from "@tanstack/react-query";
import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import { useTRPC } from "../../../_lib/trpc.ts";

/** The frozen model behind the twins: its endpoints and visits name what the twins predict. */
export function useModelDocument(modelId: string): {
  readonly data: FrozenModel | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
} {
  const trpc = useTRPC();
  const query = useQuery(trpc.model.get.queryOptions({ modelId }, { staleTime: 60_000 }));
  return { data: query.data?.document ?? undefined, error: query.error, refetch: query.refetch };
}
