// Copyright 2026 the HuleEdu authors. MIT license.

import { assert, assertEquals } from "@std/assert";
import { OPS_CASES, type OpsClients } from "./ops_cases.ts";

/** An operation of a Python client, and what became of it. */
export interface OpsVector {
  readonly name: string;
  readonly input: { readonly method: string };
  readonly expected?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly type: string; readonly message: string };
}

/** What was recorded of the Python clients. */
export const OPS_VECTORS: readonly OpsVector[] = JSON.parse(
  await Deno.readTextFile(
    new URL("../vectors/redis_ops.json", import.meta.url),
  ),
);

/** Finds the case of a vector by the begin of its name. */
export function caseId({ name }: OpsVector): string {
  return /^\d+/.exec(name)?.[0] ?? name;
}

/** Runs the case of a vector, and compares. */
export async function checkVector(
  vector: OpsVector,
  clients: OpsClients,
): Promise<void> {
  const { run, error } = OPS_CASES[caseId(vector)]!;
  const answer = await run(clients).then(
    (returned) => ({ returned }),
    (failure: unknown) => ({ failed: nameOf(failure) }),
  );
  const expected = error === undefined
    ? { returned: returnOf(vector) }
    : { failed: error };
  assertEquals(answer, expected);
}

function returnOf({ name, expected }: OpsVector): unknown {
  switch (name) {
    case "subscribe/listen":
      return (expected?.messages as unknown[]).slice(1);
    case "subscribe/body_raises":
      return [true, 0];
    case "create_transaction_pipeline/ok":
      return expected?.execute_returns;
    case "create_transaction_pipeline/watched_key_changed":
      return null;
    default:
      assert(expected && "returns" in expected);
      return expected.returns;
  }
}

function nameOf(failure: unknown): string {
  const { name, code } = failure as { name: string; code?: string };
  return code === undefined ? name : `${name} ${code}`;
}
