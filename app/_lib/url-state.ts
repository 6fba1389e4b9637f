"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";

export type UrlChange = Readonly<Record<string, string | null>>;

/**
 * What is seen stands in the address: reading and writing of search parameters without a round trip to the server.
 * `push` adds a step for the Back button (a drawer opened); `replace` does not (a filter typed).
 */
export function useUrlState() {
  const params = useSearchParams();
  const pathname = usePathname();
  const write = useCallback(
    (change: UrlChange, how: "push" | "replace" = "replace") => {
      const next = new URLSearchParams(window.location.search);
      for (const [key, value] of Object.entries(change)) {
        if (value === null || value === "") next.delete(key);
        else next.set(key, value);
      }
      const query = next.toString();
      const url = query === "" ? pathname : `${pathname}?${query}`;
      if (how === "push") window.history.pushState(null, "", url);
      else window.history.replaceState(null, "", url);
    },
    [pathname],
  );
  return { params, write } as const;
}

/** One search parameter with a default that is not written. */
export function useUrlValue(key: string, fallback: string): readonly [string, (value: string) => void] {
  const { params, write } = useUrlState();
  const set = useCallback(
    (value: string) => write({ [key]: value === fallback ? null : value }),
    [write, key, fallback],
  );
  return [params.get(key) ?? fallback, set];
}
