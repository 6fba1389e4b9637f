"use client";
import { useQuery } from "@tanstack/react-query";
import { type RouterOutputs, useTRPC } from "./trpc.ts";

export type Permission = keyof RouterOutputs["session"]["me"]["refusals"];

/**
 * Why the signed-in role may not do something: the sentence with which the server would refuse it. Null where it may, and
 * until that is known; the server decides in any case.
 */
export function useRefusal(...needs: readonly Permission[]): string | null {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.session.me.queryOptions());
  return needs.map((permission) => data?.refusals[permission]).find((refusal) => refusal !== undefined) ?? null;
}
