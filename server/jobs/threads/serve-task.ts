import type { MessagePort } from "node:worker_threads";
import { DomainError, type DomainErrorCode, type DomainErrorDetail } from "../../../lib/errors/domain-error.ts";

export interface ThreadTask<Input> {
  readonly input: Input;
  readonly port: MessagePort;
}

export interface ThreadProgress {
  readonly fraction: number;
  readonly message: string;
}

/** An error class does not survive the way out of a thread; this does. */
export type ThreadReply<Output> =
  | { readonly ok: true; readonly output: Output }
  | { readonly ok: false; readonly code: DomainErrorCode; readonly detail: DomainErrorDetail };

export type Report = (fraction: number, message: string) => void;

/** Makes a function the default export of a thread file: progress goes out on the task's port, refusals as data. */
export function serveTask<Input, Output>(work: (input: Input, report: Report) => Output | Promise<Output>) {
  return async ({ input, port }: ThreadTask<Input>): Promise<ThreadReply<Output>> => {
    try {
      const output = await work(input, (fraction, message) => {
        port.postMessage({ fraction, message } satisfies ThreadProgress);
      });
      return { ok: true, output };
    } catch (error) {
      if (error instanceof DomainError) return { ok: false, code: error.code, detail: error.detail };
      throw error;
    } finally {
      port.close();
    }
  };
}
