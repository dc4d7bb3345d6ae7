// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * What every error of this room is. Bad arguments are `TypeError` and
 * `RangeError` instead, and never reach the wire.
 *
 * @example Telling the two kinds of failure apart
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { OutcomeUnknownError, RedisError } from "@huleedu/service-libs/redis";
 *
 * const error = new OutcomeUnknownError("INCR", "the connection was lost");
 * assertEquals(error instanceof RedisError, true);
 * assertEquals(error.command, "INCR");
 * ```
 */
export class RedisError extends Error {
  /** The name of the class, for logs. */
  override name = "RedisError";
}

/** A client was used before `start()` or after `stop()`. */
export class NotStartedError extends RedisError {
  /** The name of the class, for logs. */
  override name = "NotStartedError";
  /**
   * Makes an error.
   *
   * @param subject What was used, for example `RedisClient "essays"`.
   */
  constructor(subject: string) {
    super(`${subject} is not started: call start() first`);
  }
}

/** What a {@linkcode RedisConnectionError} tells besides its message. */
export interface RedisConnectionErrorOptions extends ErrorOptions {
  /** The server's host name or address. */
  readonly host: string;
  /** The server's port. */
  readonly port: number;
}

/**
 * The server could not be reached. Nothing was changed: the command was never
 * sent, or it only reads.
 */
export class RedisConnectionError extends RedisError {
  /** The name of the class, for logs. */
  override name = "RedisConnectionError";
  /** The server's host name or address. */
  readonly host: string;
  /** The server's port. */
  readonly port: number;

  /**
   * Makes an error.
   *
   * @param message What could not be done.
   * @param options The server, and the cause.
   */
  constructor(message: string, options: RedisConnectionErrorOptions) {
    super(message, options);
    this.host = options.host;
    this.port = options.port;
  }
}

/**
 * A command was sent and its reply never came, so it may have been applied or
 * not. The library did not send it again.
 */
export class OutcomeUnknownError extends RedisError {
  /** The name of the class, for logs. */
  override name = "OutcomeUnknownError";
  /** The command, for example `INCR`. */
  readonly command: string;

  /**
   * Makes an error.
   *
   * @param command The command.
   * @param reason Why the reply did not come.
   * @param options The cause.
   */
  constructor(command: string, reason: string, options?: ErrorOptions) {
    super(`${command} may or may not have been applied: ${reason}`, options);
    this.command = command;
  }
}

/** The server answered a command with an error. */
export class RedisCommandError extends RedisError {
  /** The name of the class, for logs. */
  override name = "RedisCommandError";
  /** The command, for example `INCR`. */
  readonly command: string;
  /** The first word of the answer, for example `WRONGTYPE` or `NOAUTH`. */
  readonly code: string;
  /** The server's text, without arguments of the command. */
  readonly answer: string;

  /**
   * Makes an error.
   *
   * @param command The command. Its arguments are not told: they may be secret.
   * @param answer The server's text, which begins with the code.
   * @param options The cause.
   */
  constructor(command: string, answer: string, options?: ErrorOptions) {
    // The server repeats the arguments of a command that it does not know.
    const text = answer.replace(/, with args beginning with:.*$/s, "");
    super(`Redis refused ${command}: ${text}`, options);
    this.command = command;
    this.answer = text;
    this.code = /^[A-Z][A-Z0-9_]*(?=\s|$)/.exec(answer)?.[0] ?? "ERR";
  }
}

/**
 * The keys of a command are in several slots of a cluster, so that no node has
 * them all. Nothing was sent. Keys with the same hash tag are in one slot:
 * `{essay:1}:text` and `{essay:1}:marks`.
 */
export class CrossSlotError extends RedisError {
  /** The name of the class, for logs. */
  override name = "CrossSlotError";
  /** The command, for example `EVALSHA`. */
  readonly command: string;

  /**
   * Makes an error.
   *
   * @param command The command. Its keys are not told: they may be secret.
   */
  constructor(command: string) {
    super(
      `${command} was not sent: its keys are in several slots of the cluster, ` +
        'and need a hash tag in common such as "{essay:1}"',
    );
    this.command = command;
  }
}

/** A transaction lost against other writers as often as it was allowed to. */
export class TransactionConflictError extends RedisError {
  /** The name of the class, for logs. */
  override name = "TransactionConflictError";
  /** How often it was tried. */
  readonly attempts: number;

  /**
   * Makes an error.
   *
   * @param attempts How often it was tried.
   */
  constructor(attempts: number) {
    super(`A watched key changed during each of ${attempts} attempts`);
    this.attempts = attempts;
  }
}

/**
 * The server refused a command of a transaction while it applied the others:
 * Redis does not roll back.
 */
export class TransactionCommandError extends RedisCommandError {
  /** The name of the class, for logs. */
  override name = "TransactionCommandError";
  /**
   * What each queued command gave, in order: its result, or the
   * `RedisCommandError` of one that was refused.
   */
  readonly results: readonly unknown[];

  /**
   * Makes an error.
   *
   * @param refusal The first refusal.
   * @param results What each command gave.
   */
  constructor(refusal: RedisCommandError, results: readonly unknown[]) {
    const applied =
      results.filter((each) => !(each instanceof RedisCommandError)).length;
    super(refusal.command, refusal.answer, { cause: refusal });
    this.message +=
      `; ${applied} of ${results.length} queued commands were applied`;
    this.results = results;
  }
}

/** A transaction was used out of order. Nothing was sent. */
export class TransactionStateError extends RedisError {
  /** The name of the class, for logs. */
  override name = "TransactionStateError";
}

/** A subscription that closes on overflow was read too slowly. */
export class SubscriptionOverflowError extends RedisError {
  /** The name of the class, for logs. */
  override name = "SubscriptionOverflowError";
  /** The channels subscribed to. */
  readonly channels: readonly string[];
  /** How many messages the buffer holds. */
  readonly bufferSize: number;

  /**
   * Makes an error.
   *
   * @param channels The channels subscribed to.
   * @param bufferSize How many messages the buffer holds.
   */
  constructor(channels: readonly string[], bufferSize: number) {
    super(`The reader is more than ${bufferSize} messages behind`);
    this.channels = channels;
    this.bufferSize = bufferSize;
  }
}

/** A page reads too slowly for what it is sent. */
export class SocketStalledError extends RedisError {
  /** The name of the class, for logs. */
  override name = "SocketStalledError";
  /** Bytes that have not left the socket. */
  readonly bufferedAmount: number;

  /**
   * Makes an error.
   *
   * @param bufferedAmount Bytes that have not left the socket.
   */
  constructor(bufferedAmount: number) {
    super(`The page does not take the ${bufferedAmount} bytes it was sent`);
    this.bufferedAmount = bufferedAmount;
  }
}
