// Copyright 2026 the HuleEdu authors. MIT license.

import type { Random } from "./_random.ts";

const NAMES = [
  ...["id", "message", "level", "service", "timestamp", "error", "a.b", ""],
  ...["__proto__", "constructor", "toString", "length", "then", "0", "åäö"],
];

const SECRET_NAMES = [
  ...["password", "DB_PASSWORD", "clientSecret", "x-api-key", "Set-Cookie"],
  ...["Authorization", "access_token", "token", "privateKey", "jwt", "secrets"],
  ...["connectionString", "credentials", "session_cookie", "refreshToken"],
];

/** Characters that tend to break lines, JSON, terminals or decoders. */
const ODD = [
  ...["\ud800", "\udc00", "\u0000", "\n", "\r", "\u001b", "\u0085", "\u009b"],
  ...["\u2028", "\u2029", "\ufeff", "\u007f", '"', "\\", "\u{1f600}", "ß", "'"],
];

const MAX_DEPTH = 4;

/** Makes values of every kind, some with secrets where secrets are expected. */
export class RandomValues {
  readonly #random: Random;
  readonly #secret: string;

  /** Creates a maker of values that plants the given secret. */
  constructor(random: Random, secret: string) {
    this.#random = random;
    this.#secret = secret;
  }

  /** A text, perhaps with a secret in it. */
  text(): string {
    const { below, pick } = this.#random;
    if (below(12) === 0) return this.#secretText();
    if (below(4_000) === 0) return "long ".repeat(below(30_000));
    let text = "";
    for (let n = below(12); n > 0; n--) {
      text += below(3) === 0
        ? pick(ODD)
        : String.fromCharCode(32 + below(below(5) === 0 ? 65_504 : 95));
    }
    return text;
  }

  /** Fields of a call, a logger or a context. */
  fields(): Record<string, unknown> {
    return this.#record(0);
  }

  /** Any value. */
  value(depth = 0): unknown {
    const { below, pick } = this.#random;
    const next = () => this.value(depth + 1);
    if (depth >= MAX_DEPTH) return pick([this.text(), below(1e6), null, true]);
    switch (below(26)) {
      case 0:
        return pick([0, -0, NaN, Infinity, -Infinity, 1e308, 5e-324, 1e21]);
      case 1:
        return pick([0n, -1n, 2n ** 200n, BigInt(below(1e9))]);
      case 2:
        return pick([null, undefined, true, false]);
      case 3:
        return Symbol(this.text());
      case 4:
        return pick<unknown>([() => {}, function named() {}, class {}, Math]);
      case 5:
        return new Date(pick([NaN, 0, 8.64e15, below(2e9) * 1_000]));
      case 6:
        return this.#record(depth);
      case 7:
        return this.#list(depth);
      case 8:
        return new Map(this.#list(depth).map((value) => [next(), value]));
      case 9:
        return new Map([[pick(SECRET_NAMES), this.#secretValue(depth)]]);
      case 10:
        return new Set(this.#list(depth));
      case 11:
        return new Uint8Array(below(2_000));
      case 12:
        return pick<unknown>([
          new Float64Array([NaN, 1]),
          new BigInt64Array(2),
          new ArrayBuffer(below(99)),
          new DataView(new ArrayBuffer(4)),
        ]);
      case 13:
        return new Error(this.text(), { cause: next() });
      case 14:
        return new AggregateError(this.#list(depth), this.text());
      case 15:
        return Object.assign(new TypeError(this.text()), this.#record(depth));
      case 16:
        return this.#throwing(next());
      case 17:
        return { toJSON: () => next() };
      case 18:
        return this.#looped(depth);
      case 19:
        return new Proxy(this.#record(depth), this.#traps());
      case 20:
        return Object.assign(Object.create(null), this.#record(depth));
      case 21:
        return below(50) === 0 ? this.#extreme() : Array(below(9));
      case 22:
        return pick<unknown>([
          /a+/g,
          new Headers({ authorization: this.#secret }),
          new URL(`redis://app:${this.#secret}@cache/0`),
          Object("boxed"),
          Object(1n),
          new WeakMap(),
        ]);
      default:
        return this.text();
    }
  }

  #record(depth: number): Record<string, unknown> {
    const { below, pick } = this.#random;
    const record: Record<string, unknown> = {};
    for (let n = below(5); n > 0; n--) {
      const isSecret = below(5) === 0;
      const name = isSecret ? pick(SECRET_NAMES) : this.#name();
      // A field may be called `__proto__`: assigning would do something else.
      Object.defineProperty(record, name, {
        value: isSecret ? this.#secretValue(depth) : this.value(depth + 1),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return record;
  }

  #name(): string {
    const { below, pick } = this.#random;
    return below(2) === 0 ? pick(NAMES) : below(3) === 0 ? this.text() : "n";
  }

  #list(depth: number): unknown[] {
    return Array.from(
      { length: this.#random.below(4) },
      () => this.value(depth + 1),
    );
  }

  #secretValue(depth: number): unknown {
    const { pick } = this.#random;
    return pick<() => unknown>([
      () => this.#secret,
      () => [this.#secret],
      () => ({ deep: { value: this.#secret } }),
      () => new Map([["value", this.#secret]]),
      () => ({ toJSON: () => this.#secret }),
      () => new Error(this.#secret),
      () => [this.value(depth + 1), this.#secret],
    ])();
  }

  #secretText(): string {
    const secret = this.#secret;
    return this.#random.pick([
      `redis://app:${secret}@cache:6379/0`,
      `connect postgres://app:a${secret}/b@db/essays failed`,
      `amqps://:${secret}@mq, trying again`,
      `Bearer ${secret}1`,
      `https://host/?a=1&token=${secret}&b=2`,
      `{"password":"${secret}","a":1}`,
      `Authorization: Basic ${secret}`,
      `Cookie: a=1; session=${secret}`,
      `Server=db;Password=${secret};Timeout=1`,
      `client_secret = "${secret}"`,
      `x-api-key: ${secret}`,
      `redis://app:a#b/'${secret}@cache:6379`,
      `login app:${secret}@tcp(db:3306)/essays`,
      `Server=db;Password=a ${secret} b;Timeout=1`,
      ` --password ${secret} --verbose`,
      `https://host/?a=1&sig=${secret}`,
      `password: ${secret}`,
    ]);
  }

  #throwing(inner: unknown): object {
    return {
      get bad() {
        throw inner;
      },
      inner,
      ...this.#random.pick([{}, {
        toJSON() {
          throw inner;
        },
      }]),
    };
  }

  #looped(depth: number): unknown {
    const record = this.#record(depth);
    const list: unknown[] = [record];
    list.push(list);
    record["loop"] = list;
    return this.#random.pick<unknown>([record, list, new Set([list])]);
  }

  #traps(): ProxyHandler<Record<string, unknown>> {
    const fail = () => {
      throw new Error(this.text());
    };
    return this.#random.pick<ProxyHandler<Record<string, unknown>>>([
      {},
      { get: fail },
      { ownKeys: fail },
      { getPrototypeOf: fail },
      { has: fail, getOwnPropertyDescriptor: fail },
    ]);
  }

  #extreme(): unknown {
    const { below, pick } = this.#random;
    let deep: unknown = this.#secretText();
    for (let n = below(200); n > 0; n--) {
      deep = pick<unknown>([{ deep }, [deep]]);
    }
    return pick<unknown>([
      deep,
      Array(below(5_000)).fill(this.text()),
      Object.fromEntries(Array(2_000).keys().map((n) => [`n${n}`, n])),
      Array(2 ** 32 - 1),
      new Set(Array(3_000).keys()),
      "x".repeat(below(200_000)) + this.#secretText(),
    ]);
  }
}
