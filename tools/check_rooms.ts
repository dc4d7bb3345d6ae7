// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Checks who imports what: the arrows between the rooms, files that are private
 * to their folder, and packages that have one place.
 *
 * ```sh
 * deno run -A tools/check_rooms.ts
 * ```
 *
 * @module
 */

import { posix } from "node:path";
import { readTrackedFiles, type RepoFile, ROOMS } from "./_tracked_files.ts";
import { findImports, withoutComments } from "./find_imports.ts";
import { note, print } from "./terminal.ts";

/** What each room may import, besides itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  events: [],
  protocols: ["events"],
  logging: ["events", "protocols"],
  reliability: ["events", "protocols"],
  kafka: ["events", "protocols"],
  redis: ["events", "protocols"],
  testing: [
    "events",
    "protocols",
    "logging",
    "reliability",
    "kafka",
    "redis",
  ],
  root: [
    "events",
    "protocols",
    "logging",
    "reliability",
    "kafka",
    "redis",
    "testing",
  ],
};

/** The one place of each package of product code. */
const PACKAGES: readonly (readonly [name: RegExp, place: RegExp])[] = [
  [/^kafkajs$/, /^kafka\/_kafkajs[^/]*\.ts$/],
  [/^ioredis$/, /^redis\/_ioredis[^/]*\.ts$/],
  [/^@std\/log\//, /^logging\//],
  [/^@opentelemetry\/api$/, /^events\/(metrics|tracing)\.ts$/],
  [/^node:/, /./],
];

/**
 * Finds the imports that break a rule.
 *
 * @param files The repository's files; those of product code and the others.
 * @returns A line a breach, which names file, import and rule.
 */
export function findRoomBreaches(files: readonly RepoFile[]): string[] {
  return files
    .filter(({ path }) => path.endsWith(".ts"))
    .flatMap((file) => [...breachesOf(file)]);
}

function* breachesOf({ path, text }: RepoFile): Iterable<string> {
  const room = roomOf(path);
  for (const specifier of findImports(text)) {
    const reason = specifier.startsWith(".")
      ? relativeBreach(path, room, specifier)
      : packageBreach(path, room, specifier);
    if (reason) yield `${path} imports "${specifier}": ${reason}`;
  }
  if (room !== undefined && /\bDeno\s*[.[]/.test(withoutComments(text))) {
    yield `${path} uses Deno.*: product code runs on Node and Bun as well`;
  }
}

function relativeBreach(
  path: string,
  room: string | undefined,
  specifier: string,
): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  const folder = posix.dirname(target);
  if (posix.basename(target).startsWith("_")) {
    const isTest = path.startsWith("tests/") && roomOf(target) !== undefined;
    const mayImport = isTest || posix.dirname(path) === folder;
    if (!mayImport) return `"_" files are private to ${folder}/`;
  }
  const other = roomOf(target);
  if (room === undefined || room === other) return undefined;
  if (other === undefined) return "product code imports product code only";
  if (ARROWS[room]!.includes(other)) return undefined;
  return `${room} may not import ${other}`;
}

function packageBreach(
  path: string,
  room: string | undefined,
  specifier: string,
): string | undefined {
  if (room === undefined) return undefined;
  const known = PACKAGES.find(([name]) => name.test(specifier));
  if (known === undefined) return "no such package is meant for product code";
  const [, place] = known;
  if (place.test(path)) return undefined;
  return `that package has its place in ${place.source}`;
}

/** The room a file of product code is in; `undefined` for the workshop. */
function roomOf(path: string): string | undefined {
  const [first = "", ...rest] = path.split("/");
  if (rest.length > 0) return ROOMS.includes(first) ? first : undefined;
  if (/^protocols.*\.ts$/.test(first)) return "protocols";
  return first === "mod.ts" ? "root" : undefined;
}

if (import.meta.main) {
  const files = await readTrackedFiles();
  const breaches = findRoomBreaches(files);
  for (const breach of breaches) note(breach);
  if (breaches.length > 0) Deno.exit(1);
  print(`Imports of ${files.length} files keep to the rooms.`);
}
