import { useSyncExternalStore } from "react";

let lostAt: string | null = null;
const listeners = new Set<() => void>();

/** Takes down whether the server answered the last request; a refusal is an answer. */
export function noteConnection(answered: boolean): void {
  const next = answered ? null : (lostAt ?? new Date().toISOString());
  if (next === lostAt) return;
  lostAt = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Since when the server has not answered (ISO, UTC); null while it does. */
export function useLostConnection(): string | null {
  return useSyncExternalStore(
    subscribe,
    () => lostAt,
    () => null,
  );
}
