import { join } from "node:path";
import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import { DomainError } from "../../lib/errors/domain-error.ts";
import type { ThreadProgress, ThreadReply } from "./threads/serve-task.ts";

/** Name of a file in `threads/` with what it takes and gives; one line for each kind of heavy work. */
export interface ThreadTasks {
  "read-upload": typeof import("./threads/read-upload.ts").default;
  "assemble-upload": typeof import("./threads/assemble-upload.ts").default;
  "plan-training": typeof import("./threads/plan-training.ts").default;
  "train-part": typeof import("./threads/train-part.ts").default;
  "freeze-model": typeof import("./threads/freeze-model.ts").default;
  "generate-twins": typeof import("./threads/generate-twins.ts").default;
  "simulate-chunk": typeof import("./threads/simulate-chunk.ts").default;
  "run-analyses": typeof import("./threads/run-analyses.ts").default;
  calculate: typeof import("./threads/calculate.ts").default;
  "build-dossier": typeof import("./threads/build-dossier.ts").default;
  "summarize-simulation": typeof import("./threads/summarize-simulation.ts").default;
}

export type ThreadInput<K extends keyof ThreadTasks> = Parameters<ThreadTasks[K]>[0]["input"];
export type ThreadOutput<K extends keyof ThreadTasks> = Extract<
  Awaited<ReturnType<ThreadTasks[K]>>,
  { ok: true }
>["output"];

export interface ThreadOptions {
  /** Aborting kills the thread, so that even a tight loop stops. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ThreadProgress) => void;
}

export interface ThreadPool {
  readonly threads: number;
  run<K extends keyof ThreadTasks>(name: K, input: ThreadInput<K>, options?: ThreadOptions): Promise<ThreadOutput<K>>;
  close(): Promise<void>;
}

const IDLE_MS = 60_000;

/** Tasks that a person waits for: they have a thread of their own, so that no long job keeps them waiting. */
const INTERACTIVE: ReadonlySet<keyof ThreadTasks> = new Set(["read-upload", "assemble-upload", "calculate"]);

/** Threads for heavy work. They run the TypeScript sources by path, so that no bundle needs to know them. */
export function createThreadPool(root: string, threads: number): ThreadPool {
  const poolOf = (maxThreads: number) =>
    new Piscina({
      minThreads: 0,
      maxThreads,
      idleTimeout: IDLE_MS,
      execArgv: ["--disable-warning=ExperimentalWarning"],
      concurrentTasksPerWorker: 1,
    });
  const jobs = poolOf(threads);
  const interactive = poolOf(1);
  return {
    threads,
    async run(name, input, options = {}) {
      const { port1, port2 } = new MessageChannel();
      port1.on("message", (progress: ThreadProgress) => options.onProgress?.(progress));
      port1.unref();
      try {
        const reply: ThreadReply<ThreadOutput<typeof name>> = await (INTERACTIVE.has(name) ? interactive : jobs).run(
          { input, port: port2 },
          {
            filename: join(/* turbopackIgnore: true */ root, "server/jobs/threads", `${name}.ts`),
            transferList: [port2],
            signal: options.signal ?? null,
          },
        );
        if (reply.ok) return reply.output;
        throw new DomainError(reply.code, reply.detail);
      } finally {
        port1.close();
      }
    },
    close: async () => {
      await Promise.all([jobs.destroy(), interactive.destroy()]);
    },
  };
}
