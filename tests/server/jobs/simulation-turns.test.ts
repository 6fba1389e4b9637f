import { describe, expect, it } from "vitest";
import { createSimulationTurns, type SimulationTurn } from "../../../server/jobs/simulation-turns.ts";

const never = new AbortController().signal;

/** Hands out chunks of one trial and notes whose turn it was. */
async function compute(turn: SimulationTurn, name: string, trials: number, order: string[]): Promise<void> {
  for (let left = trials - 1; left >= 0; left--) {
    await turn.wait(never, () => undefined);
    order.push(name);
    turn.update(left);
    if (left === 0) turn.leave();
    await Promise.resolve();
  }
}

describe("simulations of one process", () => {
  it("of the same size compute one after the other, the first first", async () => {
    const turns = createSimulationTurns();
    const order: string[] = [];
    const [a, b] = [turns.enter(4), turns.enter(4)];
    await Promise.all([compute(b, "b", 4, order), compute(a, "a", 4, order)]);
    expect(order.join("")).toBe("aaaabbbb");
  });

  it("let a shorter one pass", async () => {
    const turns = createSimulationTurns();
    const order: string[] = [];
    const long = turns.enter(6);
    const computing = compute(long, "l", 6, order);
    const short = turns.enter(2);
    await Promise.all([computing, compute(short, "s", 2, order)]);
    expect(order.join("").replace(/^l*/, "")).toMatch(/^ssl+$/);
    expect(order).toHaveLength(8);
  });

  it("that is cancelled while it waits stops waiting", async () => {
    const turns = createSimulationTurns();
    turns.enter(1);
    const second = turns.enter(5);
    const controller = new AbortController();
    let waited = 0;
    const waiting = second.wait(controller.signal, () => waited++);
    controller.abort(new Error("cancelled"));
    await expect(waiting).rejects.toThrow("cancelled");
    expect(waited).toBe(1);
  });

  it("that has left lets the next one go on", async () => {
    const turns = createSimulationTurns();
    const first = turns.enter(1);
    const second = turns.enter(5);
    const waiting = second.wait(never, () => undefined);
    first.leave();
    first.leave();
    await waiting;
  });
});
