// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Three services that know each other by their events only: a desk that takes
 * texts in, an analyser that measures them, a gateway that tells the user.
 *
 * ```sh
 * deno run -A examples/essay_desk/main.ts
 * deno run -A examples/essay_desk/main.ts --once
 * ```
 *
 * @module
 */

import { KafkaError } from "@huleedu/service-libs/kafka";
import { RedisError } from "@huleedu/service-libs/redis";
import type { Backbone } from "./backbone.ts";
import {
  type CommandLine,
  type Env,
  readCommandLine,
  USAGE,
  UsageError,
} from "./command_line.ts";
import { EmbeddedBackbone } from "./embedded_backbone.ts";
import { PortInUseError } from "./http_server.ts";
import type { Output } from "./output.ts";
import { playOnce } from "./play_once.ts";
import { serveUntilStopped } from "./serve_until_stopped.ts";
import { ServerBackbone } from "./server_backbone.ts";

/**
 * Runs the example.
 *
 * @param args The arguments.
 * @param env The environment.
 * @param output Where to write.
 * @returns The exit code: 0, 1 when something went wrong, 2 when it was called
 * in a way that makes no sense.
 */
export async function main(
  args: readonly string[],
  env: Env,
  output: Output,
): Promise<number> {
  try {
    const command = readCommandLine(args, env);
    if (command.mode === "help") {
      output.print(USAGE);
      return 0;
    }
    return await run(command, env, output);
  } catch (error) {
    if (error instanceof UsageError) {
      output.note(`${error.message}\n\n${USAGE}`);
      return 2;
    }
    const isExpected = [PortInUseError, KafkaError, RedisError].some((kind) =>
      error instanceof kind
    );
    if (!isExpected) throw error;
    output.note((error as Error).message);
    return 1;
  }
}

async function run(
  command: CommandLine,
  env: Env,
  output: Output,
): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const backbone: Backbone = command.hasServers
    ? new ServerBackbone(env)
    : await EmbeddedBackbone.open(stack);
  if (command.mode === "once") {
    return await playOnce({ backbone, output, verbose: command.verbose });
  }
  const { services, port, gatewayUrl } = command;
  return await serveUntilStopped(
    { backbone, services, port, gatewayUrl },
    output,
  );
}

/** Writes to the terminal before it returns, so that nothing is lost at an exit. */
function terminal(): Output {
  const encoder = new TextEncoder();
  const write = (to: typeof Deno.stdout, line: string) => {
    for (let rest = encoder.encode(`${line}\n`); rest.length > 0;) {
      rest = rest.subarray(to.writeSync(rest));
    }
  };
  return {
    print: (line) => write(Deno.stdout, line),
    note: (line) => write(Deno.stderr, line),
  };
}

if (import.meta.main) {
  Deno.exit(await main(Deno.args, Deno.env.toObject(), terminal()));
}
