// npm start: packages, build, database, server. Plain JavaScript for Node 20; what it starts runs on the pinned Node.
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { assertWritable, ensureBuild, ensurePackages, pinnedNode, root, stop } from "./installation.mjs";

const say = (line) => process.stdout.write(`${line}\n`);
const port = Number(process.env.PORT ?? "3000");
const host = process.env.HOST ?? "127.0.0.1";
const dataFolder = resolve(root, process.env.UNDERSTUDY_DATA ?? ".data");

if (!Number.isInteger(port) || port < 1 || port > 65535)
  stop(`PORT must be a whole number from 1 to 65535; received ${process.env.PORT}`);
await assertPortFree();
assertWritable(dataFolder, "data of the embedded database; set UNDERSTUDY_DATA to choose another folder");
ensurePackages(say);
ensureBuild(say);

const shownHost = host === "0.0.0.0" || host === "::" ? "localhost" : host;
const localAddress = `http://${shownHost.includes(":") ? `[${shownHost}]` : shownHost}:${port}`;
// Without NEXTAUTH_URL the sign-in follows the address in the browser, so that it works from other machines too.
const address = process.env.NEXTAUTH_URL ?? localAddress;
const environment = {
  ...process.env,
  NODE_ENV: "production",
  NEXT_TELEMETRY_DISABLED: "1",
  UNDERSTUDY_DATA: dataFolder,
};

const first = bootstrap();
const server = spawn(
  pinnedNode(),
  [
    ...[
      "--disable-warning=ExperimentalWarning",
      "--import",
      pathToFileURL(join(root, "scripts/end-with-parent.mjs")).href,
    ],
    join("node_modules", "next", "dist", "bin", "next"),
    ...["start", "--port", String(port), "--hostname", host],
  ],
  { cwd: root, env: environment, stdio: ["ignore", "pipe", "inherit", "ipc"] },
);
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    stopping = true;
    server.kill(signal);
  });
}
server.on("exit", (code, signal) => {
  if (stopping) process.exit(0);
  if (signal !== null)
    stop(`the server was ended by ${signal}; nothing that was stored is lost, npm start brings it back`);
  process.exit(code ?? 1);
});
server.stdout.resume();
await answers(localAddress);
announce();

function assertPortFree() {
  return new Promise((done) => {
    const probe = createServer();
    probe.once("error", (error) => {
      if (error.code === "EADDRINUSE")
        stop(`port ${port} is in use; stop what runs there or choose another: PORT=${port + 1} npm start`);
      if (error.code === "EACCES")
        stop(`this user may not open port ${port}; choose one above 1023: PORT=3000 npm start`);
      stop(`cannot listen on ${host}:${port} (${error.code}); set HOST to an address of this machine`);
    });
    probe.listen(port, host, () => probe.close(done));
  });
}

/** Waits until the first page comes; a server that ends before has said why. */
async function answers(base) {
  for (;;) {
    const response = await fetch(`${base}/sign-in`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok === true) return;
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Migrates the database and creates the first administrator when there is none; its password is printed once. */
function bootstrap() {
  const result = spawnSync(
    pinnedNode(),
    ["--disable-warning=ExperimentalWarning", join("server", "bootstrap-cli.ts")],
    {
      cwd: root,
      env: environment,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  if (result.status !== 0)
    stop((result.stderr || result.error?.message || "the database could not be prepared").trim());
  process.stderr.write(result.stderr);
  return JSON.parse(result.stdout);
}

function announce() {
  say("");
  say(`  Understudy is ready at ${address}`);
  if (first.created) {
    say(`  Sign in as ${first.email} with password ${first.password}`);
    say("  (made for this installation, shown only now; change it under your name, top right)");
  } else {
    say("  Sign in with your account; lost the password? npm run reset-password -- EMAIL");
  }
  say(
    `  Data: ${first.storage === "postgres" ? "PostgreSQL (DATABASE_URL)" : `${dataFolder} (embedded; survives a crash of the program, not a power cut)`}`,
  );
  say("  Stop with Ctrl+C");
  say("");
}
