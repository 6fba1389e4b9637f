/** Stands for a service verb whose file is not there yet. */
export function pending(..._arguments: readonly unknown[]): never {
  throw new Error("not there yet");
}
