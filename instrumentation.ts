/** Next.js calls this once when the server starts; what needs Node stays out of the Edge bundle. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs" || process.env.NEXT_PHASE === "phase-production-build") return;
  const { startServer } = await import("./server/start-server.ts");
  await startServer();
}
