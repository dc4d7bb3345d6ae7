// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Structured logging: one JSON object a line, with the context that the code
 * runs in, without secrets, and without ever throwing at the code that logs.
 *
 * @example Lines with context
 * ```ts
 * import { withContext } from "@huleedu/service-libs/events";
 * import { createServiceLogger, LineHandler } from "@huleedu/service-libs/logging";
 * import { assertEquals } from "@std/assert";
 *
 * const lines: string[] = [];
 * const logger = createServiceLogger("essays", {
 *   handlers: [new LineHandler({ sink: (line) => lines.push(line) })],
 * });
 *
 * const correlationId = "22222222-2222-4222-8222-222222222222";
 * withContext({ correlationId }, () => {
 *   logger.info("Essay stored", { essay_id: "e1", token: "t0p" });
 * });
 *
 * const line = JSON.parse(lines[0]!);
 * assertEquals(line.correlation_id, correlationId);
 * assertEquals(line.token, "[redacted]");
 * ```
 *
 * @module
 */

export {
  adoptStdLogger,
  type AdoptStdLoggerOptions,
  type StdLogger,
} from "./adopt_std_logger.ts";
export { configureLogging, type LoggingOptions } from "./configure_logging.ts";
export {
  createServiceLogger,
  type ServiceLoggerOptions,
} from "./create_service_logger.ts";
export { FileHandler, type FileHandlerOptions } from "./file_handler.ts";
export { isSecretKey } from "./is_secret_key.ts";
export { LineHandler, type LineHandlerOptions } from "./line_handler.ts";
export { logEvent } from "./log_event.ts";
export type { LogFieldNames } from "./log_field_names.ts";
export type { LogFormat } from "./log_format.ts";
export type { LogHandler, LogRecord } from "./log_handler.ts";
export type { LogLevel } from "./log_level.ts";
export type { LogSink } from "./log_sink.ts";
export {
  type LogFileEnvOptions,
  type LoggerEnvOptions,
  loggerOptionsFromEnv,
} from "./logger_options_from_env.ts";
export {
  SamplingHandler,
  type SamplingHandlerOptions,
} from "./sampling_handler.ts";
export type { LazyLogFields, ServiceLogger } from "./service_logger.ts";
export { setLogLevel } from "./set_log_level.ts";
export type { Clock, EventEnvelope, LogFields, Logger } from "../protocols.ts";
