// Copyright 2026 the HuleEdu authors. MIT license.

import { CommandLink } from "./_command_link.ts";
import { connectionError, createOpener } from "./_open_connection.ts";
import { RedisCommandError } from "./errors.ts";
import type { SentinelSettings } from "./sentinel_options.ts";
import type { RedisServerAddress } from "./server_address.ts";

/** How long a sentinel may take: the others are there for that. */
const ANSWER_MS = 1_000;

/** All sentinels of a group, each on a connection that is kept. */
export class Sentinels {
  readonly #settings: SentinelSettings;
  readonly #links: readonly CommandLink[];

  constructor(settings: SentinelSettings, clientId: string) {
    this.#settings = settings;
    this.#links = settings.sentinels.map((address) =>
      new CommandLink({
        address,
        open: createOpener({ address, clientId, connectTimeoutMs: ANSWER_MS }),
        commandTimeoutMs: ANSWER_MS,
        subject: "The connection to the sentinels",
        clientId,
      })
    );
  }

  start(): void {
    for (const link of this.#links) link.startLater();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.stop(0)));
  }

  /**
   * Where the master is, by the word of most sentinels, or of most that answer:
   * one alone may be cut off, and with it a master that was replaced.
   */
  ask(): Promise<RedisServerAddress> {
    const { name } = this.#settings;
    const majority = Math.floor(this.#links.length / 2) + 1;
    const votes = new Map<string, number>();
    let left = this.#links.length;
    let failure: unknown;
    return new Promise((resolve, reject) => {
      const answered = () => {
        left -= 1;
        const [winner, count = 0] = mostOf(votes);
        if (winner !== undefined && (count >= majority || left === 0)) {
          resolve(this.#translate(winner));
        } else if (left === 0) {
          reject(this.#unknown(failure));
        }
      };
      for (const link of this.#links) {
        link.run<[string, string] | null>({
          kind: "read",
          name: "SENTINEL",
          args: ["get-master-addr-by-name", name],
        }).then((reply) => {
          if (reply === null) return;
          const address = `${reply[0]}:${reply[1]}`;
          votes.set(address, (votes.get(address) ?? 0) + 1);
        }, (error: unknown) => failure = error).then(answered);
      }
    });
  }

  #translate(label: string): RedisServerAddress {
    const at = label.lastIndexOf(":");
    return this.#settings.natMap[label] ??
      { host: label.slice(0, at), port: Number(label.slice(at + 1)) };
  }

  #unknown(failure: unknown): Error {
    const { sentinels, name } = this.#settings;
    const refusal = refusalIn(failure);
    const message = failure === undefined
      ? `No sentinel knows a master "${name}"`
      : `No sentinel told where the master "${name}" is: ${
        refusal?.message ?? messageOf(failure)
      }`;
    return connectionError(sentinels[0]!, message, refusal ?? failure);
  }
}

function mostOf(votes: ReadonlyMap<string, number>): [string?, number?] {
  return [...votes].sort(([, a], [, b]) => b - a)[0] ?? [];
}

/** What a server itself answered, behind all the errors that came of it. */
function refusalIn(error: unknown): RedisCommandError | null {
  if (error instanceof RedisCommandError) return error;
  return error instanceof Error ? refusalIn(error.cause) : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
