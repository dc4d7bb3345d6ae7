// Copyright 2026 the HuleEdu authors. MIT license.

import { levelOf } from "./_levels.ts";
import { kindOf } from "./_options.ts";
import type { LogFormat } from "./log_format.ts";
import type { LogLevel } from "./log_level.ts";

/** What {@linkcode loggerOptionsFromEnv} finds; what is not set is absent. */
export interface LoggerEnvOptions {
  /** `SERVICE_NAME`, the name of the service. */
  service?: string;
  /** `LOG_LEVEL`, in any case; `WARN` and `WARNING` are one. */
  level?: LogLevel;
  /** `LOG_FORMAT`, `json` or `console`, in any case. */
  format?: LogFormat;
  /**
   * The `file` of `configureLogging`, if `LOG_TO_FILE` is `true`, `1` or `yes`:
   * `LOG_FILE_PATH`, else `/app/logs/` with the name of the service;
   * `LOG_MAX_BYTES` and `LOG_BACKUP_COUNT`.
   */
  file?: LogFileEnvOptions;
}

/** What {@linkcode loggerOptionsFromEnv} finds of a log file. */
export interface LogFileEnvOptions {
  /** The path of the file. */
  path: string;
  /** How many bytes the file may have. */
  maxBytes?: number;
  /** How many files are kept that were put aside. */
  maxFiles?: number;
}

/**
 * Reads the options of logging from environment variables. It reads nothing
 * but its argument. A variable that is empty counts as not set.
 *
 * @param env The variables, for example `process.env`.
 * @returns The options that are set.
 * @throws {RangeError} If a variable has a value that it cannot have.
 *
 * @example Configuring a service
 * ```ts
 * import {
 *   configureLogging,
 *   createServiceLogger,
 *   loggerOptionsFromEnv,
 * } from "@huleedu/service-libs/logging";
 * import { assertEquals } from "@std/assert";
 *
 * const { service = "essays", ...options } = loggerOptionsFromEnv({
 *   LOG_LEVEL: "WARNING",
 *   LOG_FORMAT: "json",
 * });
 * assertEquals(options, { level: "warning", format: "json" });
 *
 * configureLogging(options);
 * const logger = createServiceLogger(service);
 * logger.info("Not shown");
 * configureLogging({});
 * ```
 *
 * @example A file beside stdout, where `LOG_TO_FILE` asks for it
 * ```ts
 * import { configureLogging, loggerOptionsFromEnv } from "@huleedu/service-libs/logging";
 * import { assertEquals } from "@std/assert";
 *
 * const { service, ...options } = loggerOptionsFromEnv({
 *   SERVICE_NAME: "essays",
 *   LOG_TO_FILE: "true",
 * });
 * assertEquals(options.file, { path: "/app/logs/essays.log" });
 *
 * configureLogging(options); // The first line opens the file.
 * configureLogging({});
 * ```
 */
export function loggerOptionsFromEnv(
  env: Readonly<Record<string, string | undefined>>,
): LoggerEnvOptions {
  const options: LoggerEnvOptions = {};
  const service = env["SERVICE_NAME"]?.trim();
  if (service) options.service = service;

  const level = env["LOG_LEVEL"]?.trim();
  if (level) options.level = parseLevel(level);

  const format = env["LOG_FORMAT"]?.trim().toLowerCase();
  if (format) options.format = parseFormat(format);

  const toFile = env["LOG_TO_FILE"]?.trim().toLowerCase() ?? "";
  if (["true", "1", "yes"].includes(toFile)) {
    options.file = fileOptions(env, service || "unknown");
  }
  return options;
}

function fileOptions(
  env: Readonly<Record<string, string | undefined>>,
  service: string,
): LogFileEnvOptions {
  const path = env["LOG_FILE_PATH"]?.trim() || `/app/logs/${service}.log`;
  const file: LogFileEnvOptions = { path };
  const maxBytes = parseCount(env, "LOG_MAX_BYTES");
  if (maxBytes !== undefined) file.maxBytes = maxBytes;
  const maxFiles = parseCount(env, "LOG_BACKUP_COUNT");
  if (maxFiles !== undefined) file.maxFiles = maxFiles;
  return file;
}

function parseCount(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): number | undefined {
  const text = env[name]?.trim();
  if (!text) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new RangeError(
    `Cannot read "${name}": must be a whole number, received ${kindOf(text)}`,
  );
}

function parseLevel(name: string): LogLevel {
  const level = levelOf(name);
  if (level !== undefined) return level.text as LogLevel;
  throw new RangeError(
    `Cannot read "LOG_LEVEL": must be "debug", "info", "warning", "error" or "critical", received ${
      kindOf(name)
    }`,
  );
}

function parseFormat(name: string): LogFormat {
  if (name === "json" || name === "console") return name;
  throw new RangeError(
    `Cannot read "LOG_FORMAT": must be "json" or "console", received ${
      kindOf(name)
    }`,
  );
}
