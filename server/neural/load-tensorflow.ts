import { createRequire } from "node:module";
import { dirname } from "node:path";
import type * as Tensorflow from "@tensorflow/tfjs-core";
import { registerKernelGradients } from "./kernel-gradients.ts";

/** Where TensorFlow.js computes: the native library, WebAssembly, plain JavaScript. */
export type TensorflowBackend = "tensorflow" | "wasm" | "cpu";

/** Fastest first. */
export const BACKEND_ORDER: readonly TensorflowBackend[] = ["tensorflow", "wasm", "cpu"];

export interface LoadedTensorflow {
  readonly tf: typeof Tensorflow;
  readonly backend: TensorflowBackend;
  /** For the model card, e.g. "TensorFlow.js 4.22.0, wasm". */
  readonly name: string;
  /** Makes this backend the current one; to be called before a run of operations. */
  use(): void;
}

const require = createRequire(import.meta.url);

/**
 * Loads the first backend of the order that works on this machine. Afterwards everything is synchronous.
 *
 * @param order - Backends wished for; by default the native one, which is no dependency and used where installed, then
 *   WebAssembly, then plain JavaScript.
 */
export async function loadTensorflow(order: readonly TensorflowBackend[] = BACKEND_ORDER): Promise<LoadedTensorflow> {
  const failures: string[] = [];
  for (const backend of order) {
    try {
      return await load(backend);
    } catch (error) {
      failures.push(`${backend}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
    }
  }
  throw new Error(`TensorFlow.js could not be loaded (${failures.join("; ")})`);
}

async function load(backend: TensorflowBackend): Promise<LoadedTensorflow> {
  if (backend === "tensorflow") {
    // A variable, so that neither the type checker nor a bundler looks for a package that need not be there.
    const native = "@tensorflow/tfjs-node";
    await import(/* webpackIgnore: true */ /* turbopackIgnore: true */ native);
  }
  const tf = await import("@tensorflow/tfjs-core");
  tf.enableProdMode();
  registerKernelGradients(tf);
  if (backend === "wasm") {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  }
  if (backend === "cpu") await import("@tensorflow/tfjs-backend-cpu");
  if (!(await withoutProcessHandlers(() => tf.setBackend(backend))))
    throw new Error("the backend could not be started");
  return {
    tf,
    backend,
    name: `TensorFlow.js ${tf.version_core}, ${backend === "tensorflow" ? "native" : backend}`,
    use() {
      // Synchronous in effect: a backend once started is only made current.
      if (tf.getBackend() !== backend) void tf.setBackend(backend);
    },
  };
}

/** The WebAssembly module hangs handlers on the process that rethrow whatever comes; they are taken off again. */
async function withoutProcessHandlers<T>(action: () => Promise<T>): Promise<T> {
  const before = new Set<unknown>([
    ...process.listeners("uncaughtException"),
    ...process.listeners("unhandledRejection"),
  ]);
  try {
    return await action();
  } finally {
    process.listeners("uncaughtException").forEach((listener) => {
      if (!before.has(listener)) process.removeListener("uncaughtException", listener);
    });
    process.listeners("unhandledRejection").forEach((listener) => {
      if (!before.has(listener)) process.removeListener("unhandledRejection", listener);
    });
  }
}
