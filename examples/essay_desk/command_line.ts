// Copyright 2026 the HuleEdu authors. MIT license.

import { type ServiceName, SERVICES } from "./essay_desk.ts";

/** How the example is called. */
export const USAGE =
  `Usage: deno task demo [--once [--verbose] | --service NAME]

  (nothing)       run the three services and their page until Ctrl-C
  --once          play a fixed scenario, say what happened, exit 0 or 1
  --verbose       with --once: show the services' log lines on stderr
  --service NAME  run one service alone: ${SERVICES.join(", ")}
  --help          show this

Without the first two of these everything runs in memory:

  KAFKA_BOOTSTRAP_SERVERS, REDIS_URL   real servers
  PORT          the port on 127.0.0.1; 8000, or 8001 for the gateway alone
  GATEWAY_URL   for the desk alone: ws://127.0.0.1:8001/ws
  LOG_LEVEL     debug, info, warning, error or critical
  LOG_FORMAT    json or console`;

const DESK_PORT = 8000;
const GATEWAY_PORT = 8001;

/** The example was called in a way that makes no sense. */
export class UsageError extends Error {
  /**
   * @param message What is wrong.
   */
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/** What the example is to do. */
export interface CommandLine {
  /** Serve, play the scenario, or explain the usage. */
  readonly mode: "serve" | "once" | "help";
  /** Whether the scenario shows the log lines. */
  readonly verbose: boolean;
  /** The services to run. */
  readonly services: readonly ServiceName[];
  /** Whether there are servers to run on. */
  readonly hasServers: boolean;
  /** The port. */
  readonly port: number;
  /** The WebSocket of the gateway, where another process has it. */
  readonly gatewayUrl: string | undefined;
}

/**
 * Reads arguments and environment.
 *
 * @param args The arguments.
 * @param env The environment.
 * @returns What to do.
 * @throws {UsageError} If an argument or a variable makes no sense.
 */
export function readCommandLine(
  args: readonly string[],
  env: Env,
): CommandLine {
  const { flags, service } = readArguments(args);
  const [once, verbose] = [flags.has("--once"), flags.has("--verbose")];
  if (verbose && !once) throw new UsageError("--verbose goes with --once");
  if (service && once) {
    throw new UsageError("--once plays all services, so it takes no --service");
  }
  const hasServers = readServers(env);
  if (service && !hasServers) {
    throw new UsageError(
      "--service needs KAFKA_BOOTSTRAP_SERVERS and REDIS_URL: " +
        "what is in memory cannot be reached from another process",
    );
  }
  const isGateway = service === "gateway";
  return {
    mode: flags.has("--help") ? "help" : once ? "once" : "serve",
    verbose,
    services: service ? [service] : SERVICES,
    hasServers,
    port: readPort(env.PORT, isGateway ? GATEWAY_PORT : DESK_PORT),
    gatewayUrl: service === "desk" ? readGatewayUrl(env) : undefined,
  };
}

function readArguments(
  args: readonly string[],
): { flags: ReadonlySet<string>; service: ServiceName | undefined } {
  const flags = new Set<string>();
  let service: ServiceName | undefined;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    const [name, value] = arg.split("=", 2);
    if (name === "--service") {
      service = readService(value ?? args[++index]);
    } else if (["--once", "--verbose", "--help", "-h"].includes(arg)) {
      flags.add(arg === "-h" ? "--help" : arg);
    } else {
      throw new UsageError(`There is no argument "${arg}"`);
    }
  }
  return { flags, service };
}

function readService(name: string | undefined): ServiceName {
  const service = SERVICES.find((each) => each === name);
  if (service) return service;
  throw new UsageError(`--service must be one of ${SERVICES.join(", ")}`);
}

function readServers(env: Env): boolean {
  const names = ["KAFKA_BOOTSTRAP_SERVERS", "REDIS_URL"] as const;
  const missing = names.filter((name) => !env[name]);
  if (missing.length === 1) {
    throw new UsageError(
      `${missing[0]} is not set: set ${names.join(" and ")}, or neither`,
    );
  }
  return missing.length === 0;
}

function readPort(text: string | undefined, otherwise: number): number {
  if (!text) return otherwise;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new UsageError("PORT must be a number from 0 to 65535");
}

function readGatewayUrl(env: Env): string {
  const url = env.GATEWAY_URL || `ws://127.0.0.1:${GATEWAY_PORT}/ws`;
  // It becomes part of the page, which must not need to distrust it.
  if (/^wss?:\/\/[\w.:[\]-]+\/[\w./-]*$/.test(url) && URL.canParse(url)) {
    return url;
  }
  throw new UsageError("GATEWAY_URL must be a ws:// or wss:// URL");
}
