// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Logging to `/dev/null`: `createServiceLogger` against pino and LogTape. Each
 * writes with the same calls of `node:fs`: every line by itself, or, where the
 * length says so, as soon as that many characters wait.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { openSync, writeSync } from "node:fs";
import { withContext } from "@huleedu/service-libs/events";
import {
  createServiceLogger,
  FileHandler,
} from "@huleedu/service-libs/logging";
import {
  configure,
  getJsonLinesFormatter,
  getLogger,
  type LogRecord,
  withContext as withLogTapeContext,
} from "npm:@logtape/logtape@^2.4";
import { destination, pino, stdTimeFunctions } from "npm:pino@^10.3";
import { compare } from "../harness/compare.ts";

const LINES = 100_000;
const DISABLED_LINES = 20_000_000;
/** How many lines a request logs. */
const LINES_PER_REQUEST = 4;
const MESSAGE = "Essay stored";
const PATH = "/dev/null";

/** Logs the nth line. */
type Log = (n: number) => void;

const correlationIds = Array.from({ length: 1_000 }, () => crypto.randomUUID());

for (const minLength of [0, 4_096]) {
  await compareLoggers(minLength);
}

async function compareLoggers(minLength: number): Promise<void> {
  await using handler = new FileHandler({ path: PATH, minLength });
  const ours = createServiceLogger("essays", {
    level: "info",
    handlers: [handler],
  });
  const theirs = pino({
    base: { service: "essays", module: "essays" },
    timestamp: stdTimeFunctions.isoTime,
  }, destination({ dest: PATH, sync: true, minLength }));
  const logTape = await configureLogTape(minLength);
  const written = minLength === 0
    ? "each line written"
    : `${minLength} characters written at once`;
  const params = { minLength, fields: 3 };

  await compare({
    bench: "logging",
    measure: `info with three fields, ${written}`,
    unit: "lines/s",
    params,
    ours: { run: () => rate(LINES, (n) => ours.info(MESSAGE, fieldsOf(n))) },
    peers: [{
      name: "pino 10, sync, isoTime, no redaction",
      floor: { atLeast: 1 },
      run: () => rate(LINES, (n) => theirs.info(fieldsOf(n), MESSAGE)),
    }, {
      name: "LogTape 2.4, JSON lines",
      floor: { atLeast: 2.5 },
      run: () => rate(LINES, (n) => logTape.info(MESSAGE, fieldsOf(n))),
    }],
  });
  await compare({
    bench: "logging",
    measure: `the same within a request, ${written}`,
    unit: "lines/s",
    params: { ...params, linesPerRequest: LINES_PER_REQUEST },
    ours: {
      run: () =>
        requests((correlationId, log) =>
          withContext({ correlationId }, () => log(ourLine))
        ),
    },
    peers: [{
      name: "pino 10, a child per request",
      floor: { atLeast: 1 },
      run: () =>
        requests((correlation_id, log) => {
          const child = theirs.child({ correlation_id });
          log((n) => child.info(fieldsOf(n), MESSAGE));
        }),
    }, {
      name: "LogTape 2.4, withContext, JSON lines",
      floor: { atLeast: 2.5 },
      run: () =>
        requests((correlation_id, log) =>
          withLogTapeContext({ correlation_id }, () => log(logTapeLine))
        ),
    }],
  });
  if (minLength === 0) {
    await compare({
      bench: "logging",
      measure: "a level that is not logged",
      unit: "calls/s",
      params: { fields: 3 },
      ours: {
        run: () =>
          rate(DISABLED_LINES, (n) => ours.debug(MESSAGE, fieldsOf(n))),
      },
      peers: [{
        name: "pino 10",
        floor: { atLeast: 1 },
        run: () =>
          rate(DISABLED_LINES, (n) => theirs.debug(fieldsOf(n), MESSAGE)),
      }],
    });
  }

  function ourLine(n: number): void {
    ours.info(MESSAGE, fieldsOf(n));
  }
  function logTapeLine(n: number): void {
    logTape.info(MESSAGE, fieldsOf(n));
  }
}

function fieldsOf(n: number): Record<string, unknown> {
  return { essay_id: "e-1234567", words: n, draft: false };
}

/** Logs so many lines, and gives lines per second. */
function rate(lines: number, log: Log): Promise<number> {
  const start = performance.now();
  for (let n = 0; n < lines; n++) log(n);
  return Promise.resolve(lines / (performance.now() - start) * 1_000);
}

/** Lets requests with ids of their own log, and gives lines per second. */
async function requests(
  request: (correlationId: string, log: (line: Log) => void) => void,
): Promise<number> {
  const count = LINES / LINES_PER_REQUEST;
  return await rate(
    count,
    (n) =>
      request(correlationIds[n % correlationIds.length]!, (line) => {
        for (let nth = 0; nth < LINES_PER_REQUEST; nth++) line(n);
      }),
  ) * LINES_PER_REQUEST;
}

/** LogTape as it comes, with a sink that writes as ours and pino's do. */
async function configureLogTape(
  minLength: number,
): Promise<ReturnType<typeof getLogger>> {
  const descriptor = openSync(PATH, "a");
  const format = getJsonLinesFormatter({ properties: "flatten" });
  let waiting = "";
  function sink(record: LogRecord): void {
    waiting += format(record);
    if (waiting.length < minLength) return;
    writeSync(descriptor, waiting);
    waiting = "";
  }
  await configure({
    reset: true,
    contextLocalStorage: new AsyncLocalStorage(),
    sinks: { sink },
    loggers: [
      { category: ["essays"], lowestLevel: "info", sinks: ["sink"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: [] },
    ],
  });
  return getLogger(["essays"]).with({ service: "essays" });
}
