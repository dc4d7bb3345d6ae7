// Copyright 2026 the HuleEdu authors. MIT license.

import assert from "node:assert/strict";
import type { IdempotencyRecord, IdempotencyStore } from "../../protocols.ts";
import type { RegisterTest } from "./register.ts";

/** A store for one test of the suite, and how to get rid of it. */
export interface IdempotencyStoreFixture {
  /** The store. Other tests may use the same server: keys are unique. */
  readonly store: IdempotencyStore;
  /**
   * Lets time pass for the store. Where it is left out, the suite waits for real
   * time to pass, for less than a second a test.
   *
   * @param ms Milliseconds.
   */
  readonly passTime?: (ms: number) => Promise<void>;
  /** Closes what belongs to the fixture. */
  readonly close?: () => Promise<void>;
}

const LEASE_MS = 50;
// For leases that must still hold at the next call, on however busy a machine.
const RENEWED_LEASE_MS = 500;
const LONG_MS = 60_000;
const PATIENCE_MS = 10_000;

/**
 * Registers the tests that every `IdempotencyStore` passes.
 *
 * @param register Adds a test to the runner.
 * @param connect Makes a store, once a test.
 *
 * @example The double
 * ```ts
 * import { ManualClock, MemoryIdempotencyStore } from "@huleedu/service-libs/testing";
 * import { testIdempotencyStore } from "@huleedu/service-libs/testing/conformance";
 *
 * const tests: Array<() => Promise<void>> = [];
 * testIdempotencyStore((_name, fn) => tests.push(fn), () => {
 *   const clock = new ManualClock();
 *   const store = new MemoryIdempotencyStore({ clock });
 *   return Promise.resolve({ store, passTime: (ms) => clock.advance(ms) });
 * });
 * for (const test of tests) await test();
 * ```
 */
export function testIdempotencyStore(
  register: RegisterTest,
  connect: () => Promise<IdempotencyStoreFixture>,
): void {
  for (const [criterion, run] of Object.entries(CRITERIA)) {
    register(`IdempotencyStore ${criterion}`, async () => {
      const fixture = await connect();
      try {
        await run(fixture, `conformance:${crypto.randomUUID()}`);
      } finally {
        await fixture.close?.();
      }
    });
  }
}

type Criterion = (
  fixture: IdempotencyStoreFixture,
  key: string,
) => Promise<void>;

const CRITERIA: Readonly<Record<string, Criterion>> = {
  async "claim() grants one of 50 parallel claims"({ store }, key) {
    const claims = await Promise.all(
      Array.from({ length: 50 }, () => store.claim(key, LONG_MS, RECORD)),
    );
    const statuses = claims.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [
      "claimed",
      ...Array.from({ length: 49 }, () => "in_progress"),
    ]);
  },

  async "claim() tells keys apart"({ store }, key) {
    const first = await claimed(store, `${key}:a`);
    const second = await claimed(store, `${key}:b`);
    assert.notEqual(first, second);
  },

  async "claim() says that a completed event is completed"({ store }, key) {
    const token = await claimed(store, key);
    assert.equal(await store.complete(key, token, LONG_MS), true);
    await hasStatus(store, key, "completed");
    await hasStatus(store, key, "completed");
  },

  async "release() lets the event be claimed again"({ store }, key) {
    const token = await claimed(store, key);
    assert.equal(await store.release(key, token), true);
    assert.notEqual(await claimed(store, key), token);
  },

  async "release() answers false when there is no claim"({ store }, key) {
    assert.equal(await store.release(key, "nobody"), false);
    const token = await claimed(store, key);
    assert.equal(await store.release(key, token), true);
    assert.equal(await store.release(key, token), false);
  },

  async "refuses a token that does not own the key"({ store }, key) {
    const token = await claimed(store, key);
    const foreign = await claimed(store, `${key}:other`);
    assert.equal(await store.extend(key, foreign, LONG_MS), false);
    assert.equal(await store.complete(key, foreign, LONG_MS), false);
    assert.equal(await store.release(key, foreign), false);
    await hasStatus(store, key, "in_progress");
    assert.equal(await store.complete(key, token, LONG_MS), true);
  },

  async "refuses a key that was never claimed"({ store }, key) {
    assert.equal(await store.extend(key, "nobody", LONG_MS), false);
    assert.equal(await store.complete(key, "nobody", LONG_MS), false);
    await claimed(store, key);
  },

  async "release() and extend() leave a completed event as it is"(
    { store },
    key,
  ) {
    const token = await claimed(store, key);
    await store.complete(key, token, LONG_MS);
    assert.equal(await store.release(key, token), false);
    assert.equal(await store.extend(key, token, 1), false);
    await hasStatus(store, key, "completed");
  },

  async "claim() grants an event whose lease has lapsed"(fixture, key) {
    const { store } = fixture;
    const late = await claimed(store, key, LEASE_MS);
    const owner = await lapsed(fixture, key, LEASE_MS);
    assert.notEqual(owner, late);
    assert.equal(await store.extend(key, late, LONG_MS), false);
    assert.equal(await store.complete(key, late, LONG_MS), false);
    assert.equal(await store.release(key, late), false);
    await hasStatus(store, key, "in_progress");
    assert.equal(await store.complete(key, owner, LONG_MS), true);
  },

  async "refuses the token of a lapsed lease that nobody took"(fixture, key) {
    const { store } = fixture;
    const late = await claimed(store, key, LEASE_MS);
    await leasePasses(fixture, key, LEASE_MS);
    assert.equal(await store.extend(key, late, LONG_MS), false);
    assert.equal(await store.complete(key, late, LONG_MS), false);
    await claimed(store, key);
  },

  async "extend() keeps the event beyond its first lease"(fixture, key) {
    const { store } = fixture;
    const token = await claimed(store, key, RENEWED_LEASE_MS);
    assert.equal(await store.extend(key, token, LONG_MS), true);
    await leasePasses(fixture, key, RENEWED_LEASE_MS);
    await hasStatus(store, key, "in_progress");
    assert.equal(await store.complete(key, token, LONG_MS), true);
  },

  async "extend() lasts as long as it says"(fixture, key) {
    const { store } = fixture;
    const token = await claimed(store, key, LONG_MS);
    assert.equal(await store.extend(key, token, LEASE_MS), true);
    await lapsed(fixture, key, LEASE_MS);
  },

  async "complete() lasts as long as it says"(fixture, key) {
    const { store } = fixture;
    const token = await claimed(store, key, LONG_MS);
    assert.equal(await store.complete(key, token, LEASE_MS), true);
    await lapsed(fixture, key, LEASE_MS);
  },

  async "complete() outlasts the lease"(fixture, key) {
    const { store } = fixture;
    const token = await claimed(store, key, RENEWED_LEASE_MS);
    assert.equal(await store.complete(key, token, LONG_MS), true);
    await leasePasses(fixture, key, RENEWED_LEASE_MS);
    await hasStatus(store, key, "completed");
  },

  async "takes any text as key and record"({ store }, key) {
    const odd = `${key}:å😀 "\\\n{}*`;
    const record: IdempotencyRecord = {
      processedBy: 'fil_tjänst"\\',
      eventId: "händelse-😀\n\u0000",
      correlationId: "",
      sourceService: "{}",
    };
    const claim = await store.claim(odd, LONG_MS, record);
    assert.equal(claim.status, "claimed");
    await hasStatus(store, odd, "in_progress");
    assert.equal((await store.claim(key, LONG_MS, RECORD)).status, "claimed");
    const token = claim.status === "claimed" ? claim.token : "";
    assert.equal(await store.complete(odd, token, LONG_MS), true);
    await hasStatus(store, odd, "completed");
  },
};

const RECORD: IdempotencyRecord = {
  processedBy: "grading",
  eventId: "11111111-1111-4111-8111-111111111111",
  correlationId: "22222222-2222-4222-8222-222222222222",
  sourceService: "essays",
};

async function claimed(
  store: IdempotencyStore,
  key: string,
  leaseMs = LONG_MS,
): Promise<string> {
  const claim = await store.claim(key, leaseMs, RECORD);
  assert.equal(claim.status, "claimed");
  return claim.status === "claimed" ? claim.token : "";
}

async function hasStatus(
  store: IdempotencyStore,
  key: string,
  status: "completed" | "in_progress",
): Promise<void> {
  assert.deepEqual(await store.claim(key, LONG_MS, RECORD), { status });
}

/** Claims a key as soon as what holds it for `ms` has ended. */
async function lapsed(
  { store, passTime }: IdempotencyStoreFixture,
  key: string,
  ms: number,
): Promise<string> {
  if (passTime !== undefined) {
    assert.notEqual(
      (await store.claim(key, LONG_MS, RECORD)).status,
      "claimed",
    );
    await passTime(ms);
    return await claimed(store, key);
  }
  const endsAt = performance.now() + ms + PATIENCE_MS;
  while (performance.now() < endsAt) {
    const claim = await store.claim(key, LONG_MS, RECORD);
    if (claim.status === "claimed") return claim.token;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return assert.fail(`Still held ${PATIENCE_MS} ms after its time`);
}

/** Waits for a lease of `ms` that begins now: those begun before are over. */
async function leasePasses(
  fixture: IdempotencyStoreFixture,
  key: string,
  ms: number,
): Promise<void> {
  const witness = `${key}:witness`;
  await claimed(fixture.store, witness, ms);
  await lapsed(fixture, witness, ms);
}
