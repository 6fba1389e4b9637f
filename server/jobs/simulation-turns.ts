/** A simulation among those that compute in this process. */
export interface SimulationTurn {
  /** Comes back when this simulation may hand out its next chunk; throws the signal's reason when it is aborted. */
  wait(signal: AbortSignal, onWaiting: () => void): Promise<void>;
  /** Says how many trials have not been handed out yet. */
  update(trialsLeft: number): void;
  leave(): void;
}

/**
 * Lets the simulations of a process compute one after the other: first the one with the fewest trials left, so that a
 * short one does not wait for a long one, and of several long ones the first is done early instead of all of them late.
 */
export function createSimulationTurns() {
  interface Entry {
    trialsLeft: number;
  }
  const entries: Entry[] = [];
  let wake: (() => void)[] = [];

  function changed(): void {
    const waiting = wake;
    wake = [];
    for (const resume of waiting) resume();
  }

  function isFirst(entry: Entry): boolean {
    // Of equals the one that came first.
    return entries.every((other, index) =>
      index < entries.indexOf(entry) ? other.trialsLeft > entry.trialsLeft : other.trialsLeft >= entry.trialsLeft,
    );
  }

  return {
    enter(trialsLeft: number): SimulationTurn {
      const entry: Entry = { trialsLeft };
      entries.push(entry);
      changed();
      return {
        async wait(signal, onWaiting) {
          while (!isFirst(entry)) {
            signal.throwIfAborted();
            onWaiting();
            await new Promise<void>((resume) => {
              const goOn = () => {
                signal.removeEventListener("abort", goOn);
                resume();
              };
              wake.push(goOn);
              signal.addEventListener("abort", goOn);
            });
          }
          signal.throwIfAborted();
        },
        update(left) {
          entry.trialsLeft = left;
          changed();
        },
        leave() {
          const at = entries.indexOf(entry);
          if (at >= 0) entries.splice(at, 1);
          changed();
        },
      };
    },
  };
}

/** The simulations of this process. */
export const simulationTurns = createSimulationTurns();
