// Copyright 2026 the HuleEdu authors. MIT license.

import process from "node:process";
import { levelOf, LEVELS } from "./_levels.ts";
import { Serializer } from "./_serializer.ts";
import { reportFailure } from "./_report_failure.ts";
import { isSecretKey } from "./is_secret_key.ts";
import type { LogFieldNames } from "./log_field_names.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogHandler } from "./log_handler.ts";

/** What applies to every logger that was not told otherwise. */
export interface Settings {
  /** Writes the values. */
  readonly serializer: Serializer;
  /** The lowest level that is logged; found out when it is first needed. */
  threshold?: number;
  /** The handlers; found out when they are first needed. */
  handlers?: readonly LogHandler[];
  /** The form of handlers that were not told theirs. */
  format?: LogFormat;
  /** The names of the fields where handlers were not told theirs. */
  fieldNames?: LogFieldNames;
  /** The file that is among the handlers, to be closed with the settings. */
  readonly file?: AsyncDisposable;
  /** By module, the lowest level that is logged. */
  readonly levels: ReadonlyMap<string, number>;
}

/** The settings in force. */
export let settings: Settings = {
  serializer: new Serializer(isSecretKey),
  levels: new Map(),
};

/** Somebody who keeps what follows from the settings. */
export interface Follower {
  /** Called when other settings are in force. */
  onSettings(): void;
}

/** Held weakly: that a logger follows the settings keeps it no longer alive. */
const followers = new Set<WeakRef<Follower>>();
const gone = new FinalizationRegistry<WeakRef<Follower>>((reference) =>
  followers.delete(reference)
);

/** Tells a follower, for as long as it lives, when other settings are in force. */
export function followSettings(follower: Follower): void {
  const reference = new WeakRef(follower);
  followers.add(reference);
  gone.register(follower, reference);
}

/** Puts other settings in force, for the loggers that exist as well. */
export function replaceSettings(replacement: Settings): void {
  settings = replacement;
  for (const reference of followers) reference.deref()?.onSettings();
}

/** The lowest level that is logged: as set, else `LOG_LEVEL`, else info. */
export function currentThreshold(): number {
  return settings.threshold ??= thresholdFromEnv().number;
}

/**
 * The lowest level that is logged of a module, if it or a module that it is part
 * of has one of its own: `grading` also tells of `grading.rules`.
 */
export function moduleThreshold(module: string): number | undefined {
  const { levels } = settings;
  if (levels.size === 0) return undefined;
  for (let name = module; name !== "";) {
    const threshold = levels.get(name);
    if (threshold !== undefined) return threshold;
    name = name.slice(0, Math.max(name.lastIndexOf("."), 0));
  }
  return undefined;
}

/**
 * Reads a variable of the environment. One that may not be read, as in Deno
 * without `--allow-env`, is not set.
 */
export function readEnv(name: string): string | undefined {
  try {
    return process.env[name]?.trim() || undefined;
  } catch {
    return undefined;
  }
}

function thresholdFromEnv(): { readonly number: number } {
  const name = readEnv("LOG_LEVEL");
  const level = name === undefined ? LEVELS[1] : levelOf(name);
  if (level !== undefined) return level;
  reportIgnored(
    "LOG_LEVEL",
    '"debug", "info", "warning", "error" or "critical"',
  );
  return LEVELS[1];
}

/** By variable, what stands for it in reports. */
const ignored = new Map<string, object>();

/** Tells, once, that a variable says nothing that makes sense; not what it says. */
export function reportIgnored(name: string, allowed: string): void {
  const source = ignored.get(name) ?? {};
  ignored.set(name, source);
  const { length } = readEnv(name) ?? "";
  reportFailure(
    source,
    readEnv("SERVICE_NAME") ?? "unknown",
    `Ignored ${name}: must be ${allowed}, received a text of ${length} characters`,
    undefined,
  );
}
