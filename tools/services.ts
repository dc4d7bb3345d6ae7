// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * `deno task services up | down | env`: real Kafka and Redis on loopback.
 *
 * ```sh
 * eval "$(deno task services up)"   # starts both and names them
 * deno task services env            # names them again
 * deno task services down           # stops exactly these
 * ```
 *
 * @module
 */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import {
  isRunning,
  ServiceError,
  type ServiceRecord,
  type ServicesEnv,
  startServices,
  stopRecord,
} from "./services/mod.ts";
import { note, print } from "./terminal.ts";

/** What is known of the services that run in the background. */
interface State {
  readonly env: ServicesEnv;
  readonly records: readonly ServiceRecord[];
}

const STATE = fileURLToPath(
  new URL("../.cache/services.json", import.meta.url),
);

async function up(): Promise<void> {
  const running = await readState();
  if (running && await allRun(running)) {
    note("The services run already.");
    return printEnv(running.env);
  }
  if (running) await stopAll(running);
  await using services = await startServices();
  if (services.started.length === 0) return printEnv(services.env);
  const records = await Promise.all(
    services.started.map((service) => service.record()),
  );
  await createState({ env: services.env, records });
  await Promise.all(services.started.map((service) => service.release()));
  printEnv(services.env);
  // Leaves at once: what was released is no longer ours to stop.
  Deno.exit(0);
}

async function down(): Promise<void> {
  const state = await readState();
  if (!state) {
    note("No services run.");
    return;
  }
  await stopAll(state);
  note("The services are stopped.");
}

async function env(): Promise<void> {
  const state = await readState();
  if (state && await allRun(state)) return printEnv(state.env);
  throw new ServiceError(
    "No services run. Start them: deno task services up",
  );
}

async function stopAll(state: State): Promise<void> {
  await Promise.all(state.records.map(stopRecord));
  await Deno.remove(STATE);
}

async function allRun(state: State): Promise<boolean> {
  const running = await Promise.all(state.records.map(isRunning));
  return running.every((runs) => runs);
}

async function readState(): Promise<State | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(STATE));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Of two that start the services at once, one has to give way here. */
async function createState(state: State): Promise<void> {
  await Deno.mkdir(dirname(STATE), { recursive: true });
  const part = `${STATE}.${Deno.pid}`;
  await Deno.writeTextFile(part, JSON.stringify(state, null, 2) + "\n");
  try {
    await Deno.link(part, STATE);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new ServiceError(
      "Somebody else started the services just now: deno task services env",
    );
  } finally {
    await Deno.remove(part);
  }
}

/** Only these lines go to stdout, so that a shell can evaluate it. */
function printEnv(env: ServicesEnv): void {
  for (const [name, value] of Object.entries(env)) {
    print(`export ${name}=${quote(value)}`);
  }
}

function quote(value: string): string {
  return /^[\w.,:/@-]+$/.test(value)
    ? value
    : `'${value.replaceAll("'", `'\\''`)}'`;
}

if (import.meta.main) {
  const commands: Record<string, () => Promise<void>> = { up, down, env };
  const command = commands[Deno.args[0] ?? ""];
  if (!command || Deno.args.length !== 1) {
    note("Usage: deno task services up | down | env");
    Deno.exit(2);
  }
  try {
    await command();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    note(error.message);
    Deno.exit(1);
  }
}
