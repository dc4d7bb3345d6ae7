// Copyright 2026 the HuleEdu authors. MIT license.

import { Guard } from "./_guard.ts";
import { processStart } from "./_process.ts";
import { waitUntilReady } from "./_ready.ts";
import type { Service, ServiceRecord } from "./service.ts";
import { ServiceError } from "./service_error.ts";

/** A server of this machine that runs for us, and that tests may disturb. */
export interface RunningServer extends Service {
  /** The id of its process; another one after `restart()`. */
  readonly pid: number;
  /** Its folder: data, config and log. */
  readonly folder: string;
  /**
   * Sends a signal, and, but for `SIGSTOP` and `SIGCONT`, waits for the end of
   * the process. The data stays.
   */
  kill(signal?: Deno.Signal): Promise<void>;
  /** Starts it again on its port and data, killing it first if it still runs. */
  restart(): Promise<void>;
}

/** How a native server is run. */
export interface NativeServerOptions {
  /** `"Redis"` or `"Kafka"`. */
  readonly service: string;
  /** The command line. */
  readonly command: readonly string[];
  /** Its port. */
  readonly port: number;
  /** Its folder, which is ours to remove. */
  readonly folder: string;
  /** Asks the server whether it is ready; a throw means not yet. */
  readonly probe: () => Promise<boolean>;
  /** How long it may take to be ready. */
  readonly timeoutMs: number;
}

/** How much of a log goes into an error. */
const LOG_TAIL = 1_500;

/** A server as a process of this machine, in a folder of its own. */
export class NativeServer implements RunningServer {
  #options: NativeServerOptions;
  #child: Deno.ChildProcess | undefined;
  #guard: Guard | undefined;
  #ended: Promise<void> = Promise.resolve();
  #hasEnded = true;

  constructor(options: NativeServerOptions) {
    this.#options = options;
  }

  /** Starts the server and waits until it is ready; else removes its folder. */
  static async start(options: NativeServerOptions): Promise<NativeServer> {
    const server = new NativeServer(options);
    try {
      await server.#start();
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
    return server;
  }

  get service(): string {
    return this.#options.service;
  }

  get port(): number {
    return this.#options.port;
  }

  get folder(): string {
    return this.#options.folder;
  }

  get pid(): number {
    if (this.#child) return this.#child.pid;
    throw new ServiceError(`${this.service} is not running.`);
  }

  async kill(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    if (this.#hasEnded) return;
    this.#child?.kill(signal);
    if (signal === "SIGSTOP" || signal === "SIGCONT") return;
    await this.#ended;
  }

  async restart(): Promise<void> {
    await this.kill();
    // The old guard stays until the new one stands.
    await using _old = this.#guard;
    await this.#start();
  }

  async record(): Promise<ServiceRecord> {
    const { service, port, pid, folder } = this;
    const startedAt = await processStart(pid);
    if (startedAt === undefined) {
      throw new ServiceError(`${service} ended just after it was ready.`);
    }
    return { kind: "process", service, port, pid, startedAt, folder };
  }

  async release(): Promise<void> {
    await this.#callGuardOff();
    this.#child?.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The data goes with it, so there is nothing to end gracefully for.
    await this.kill();
    await Deno.remove(this.folder, { recursive: true }).catch(ignoreMissing);
    await this.#callGuardOff();
  }

  async #start(): Promise<void> {
    const { service, command, folder, probe, timeoutMs } = this.#options;
    const log = `${folder}/${service.toLowerCase()}.log`;
    const child = new Deno.Command("sh", {
      // "exec" keeps the process id; the log is a file, so that no pipe of ours
      // keeps it from outliving us.
      args: ["-c", 'exec "$@" >>"$0" 2>&1', log, ...command],
      stdin: "null",
      stdout: "null",
      stderr: "null",
      // Out of the terminal's reach: Ctrl-C ends it through us, in order.
      detached: true,
    }).spawn();
    this.#child = child;
    this.#hasEnded = false;
    this.#ended = child.status.then(() => {
      this.#hasEnded = true;
    });
    this.#guard = new Guard(removeCommand(child.pid, folder));
    await waitUntilReady({
      service,
      probe,
      hasEnded: () => this.#hasEnded,
      readLog: () => readTail(log),
      timeoutMs,
    });
  }

  async #callGuardOff(): Promise<void> {
    await this.#guard?.[Symbol.asyncDispose]();
    this.#guard = undefined;
  }
}

/** The command that ends a process and removes its folder. */
function removeCommand(pid: number, folder: string): string[] {
  return ["sh", "-c", 'kill -9 "$0"; rm -rf "$1"', String(pid), folder];
}

async function readTail(path: string): Promise<string> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.trim().slice(-LOG_TAIL) || "(nothing)";
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
