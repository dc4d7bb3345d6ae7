// Copyright 2026 the HuleEdu authors. MIT license.

import { CommandTelemetry } from "./_command_telemetry.ts";
import type { Link } from "./_link.ts";
import type { RedisAddress } from "./_redis_url.ts";
import type { WireCommand } from "./wire_command.ts";

/** A link that tells OpenTelemetry of its commands, each as its caller sees it. */
export class ObservedLink implements Link {
  /** The same without telling, for commands that several callers share. */
  readonly quiet: Link;
  readonly telemetry: CommandTelemetry;
  readonly scan?: (pattern: string, count: number) => AsyncIterable<string>;

  constructor(link: Link, address: RedisAddress) {
    this.quiet = link;
    this.telemetry = new CommandTelemetry(address);
    if (link.scan) this.scan = link.scan.bind(link);
  }

  get generation(): number {
    return this.quiet.generation;
  }

  get isCluster(): boolean {
    return this.quiet.isCluster;
  }

  get beforeSend(): (() => void) | undefined {
    return this.quiet.beforeSend;
  }

  set beforeSend(call: (() => void) | undefined) {
    this.quiet.beforeSend = call;
  }

  run<Reply>(command: WireCommand, deadline?: number): Promise<Reply> {
    if (!this.telemetry.isWanted) return this.quiet.run(command, deadline);
    const { name, subject } = command;
    return this.telemetry.observe(
      { name, subject, channel: channelOf(command) },
      () => this.quiet.run<Reply>(command, deadline),
    );
  }

  start(): Promise<void> {
    return this.quiet.start();
  }

  stop(timeoutMs: number): Promise<void> {
    return this.quiet.stop(timeoutMs);
  }

  deadline(): number {
    return this.quiet.deadline();
  }

  flush(): void {
    this.quiet.flush();
  }
}

/** A script that publishes as well as keeps has the channel last. */
function channelOf({ name, subject, args }: WireCommand): string | undefined {
  if (name === "PUBLISH") return args[0];
  return subject === "PUBLISH" ? args.at(-1) : undefined;
}
