// Copyright 2026 the HuleEdu authors. MIT license.

import { errorType } from "../events/error_type.ts";
import { count, isMetering, measure } from "../events/metrics.ts";
import { isTracing, startSpan } from "../events/tracing.ts";
import type { RedisAddress } from "./_redis_url.ts";

/** What the channels of users begin with. */
const USER_PREFIX = "ws:";

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** A command as OpenTelemetry is told of it. Arguments are nobody's business. */
export interface ObservedCommand {
  /** The name, in capitals. */
  readonly name: string;
  /** What it stands for, where that is not its name. */
  readonly subject?: string | undefined;
  /** Where it is published, if it is. */
  readonly channel?: string | undefined;
  /** How many commands go together, if several do. */
  readonly batchSize?: number;
}

/** Tells OpenTelemetry what is asked of one server, or of one cluster. */
export class CommandTelemetry {
  readonly #server: Attributes;

  constructor({ host, port, db }: Pick<RedisAddress, "host" | "port" | "db">) {
    this.#server = {
      "db.system.name": "redis",
      "server.address": host,
      "server.port": port,
      "db.namespace": String(db),
    };
  }

  /** Whether anybody wants to be told. */
  get isWanted(): boolean {
    return isTracing() || isMetering();
  }

  /** Runs a command, within a span of its own if anybody wants to be told. */
  observe<T>(command: ObservedCommand, run: () => Promise<T>): Promise<T> {
    return this.isWanted ? this.#observe(command, run) : run();
  }

  async #observe<T>(
    command: ObservedCommand,
    run: () => Promise<T>,
  ): Promise<T> {
    const { name, subject = name, channel, batchSize } = command;
    const attributes = { ...this.#server, "db.operation.name": name };
    const target = channel === undefined ? undefined : destination(channel);
    const since = performance.now();
    const span = startSpan(
      target ? `publish ${target.label}` : subject,
      {
        kind: target ? "producer" : "client",
        attributes: {
          ...attributes,
          ...target?.attributes,
          "messaging.operation.type": target && "send",
          "db.operation.batch.size": batchSize,
        },
      },
    );
    let failure: unknown;
    try {
      return await (span ? span.run(run) : run());
    } catch (error) {
      failure = error;
      span?.fail(error);
      throw error;
    } finally {
      span?.end();
      const error = failure === undefined ? undefined : errorType(failure);
      const ms = performance.now() - since;
      measure("db.client.operation.duration", ms, {
        ...attributes,
        "error.type": error,
      });
      if (target) {
        count("messaging.client.sent.messages", {
          ...target.attributes,
          "error.type": error,
        });
      }
    }
  }
}

/** The channel of a user is one of very many, and says who it is. */
function destination(
  channel: string,
): { readonly label: string; readonly attributes: Attributes } {
  const isUser = channel.startsWith(USER_PREFIX);
  const label = isUser ? `${USER_PREFIX}{userId}` : channel;
  return {
    label,
    attributes: {
      "messaging.system": "redis",
      "messaging.operation.name": "publish",
      ...(isUser
        ? { "messaging.destination.template": label }
        : { "messaging.destination.name": label }),
    },
  };
}
