// Copyright 2026 the HuleEdu authors. MIT license.

import { createServiceLogger } from "@huleedu/service-libs/logging";
import type { Backbone } from "./backbone.ts";
import { ESSAY_ANALYSED } from "./essay_analysed.ts";
import { startEssayDesk } from "./essay_desk.ts";
import { ESSAY_SUBMITTED } from "./essay_submitted.ts";
import { LogBook } from "./log_book.ts";
import type { Output } from "./output.ts";
import {
  playScenario,
  ScenarioError,
  type ScenarioResult,
  SET_ASIDE,
  type UserStory,
} from "./scenario.ts";
import { countsOf, problemsOf } from "./scenario_verdict.ts";
import type { TextStatistics } from "./text_statistics.ts";

/** Options of {@linkcode playOnce}. */
export interface PlayOnceOptions {
  /** What to play it on. */
  readonly backbone: Backbone;
  /** Where to say what happened. */
  readonly output: Output;
  /**
   * Shows the log lines as they come.
   *
   * @default {false}
   */
  readonly verbose?: boolean;
  /**
   * Milliseconds until what has not happened counts as missing.
   *
   * @default {60_000}
   */
  readonly timeoutMs?: number;
}

/**
 * Starts the services on a free port, plays the scenario through their HTTP and
 * WebSocket, and says what happened.
 *
 * @param options On what, and where to say so.
 * @returns 0 when all was as it should be, else 1.
 */
export async function playOnce(options: PlayOnceOptions): Promise<number> {
  const { output, verbose = false } = options;
  const log = new LogBook(verbose ? (line) => output.note(line) : undefined);
  const problems: string[] = [];
  try {
    const result = await play(options, log);
    report(result, log, output);
    problems.push(...problemsOf(result));
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    problems.push(error.message);
  }
  if (problems.length === 0) {
    output.print(
      "All is as it should be: each was told once, and only of their own.",
    );
    return 0;
  }
  output.print("Something is wrong:");
  for (const problem of problems) output.print(`  ${problem}`);
  // Shown already when verbose.
  if (!verbose) {
    for (const line of log.lines) output.note(JSON.stringify(line));
  }
  return 1;
}

async function play(
  { backbone, output, timeoutMs = 60_000 }: PlayOnceOptions,
  log: LogBook,
): Promise<ScenarioResult> {
  await using stack = new AsyncDisposableStack();
  const giveUp = new AbortController();
  const timer = setTimeout(
    () => giveUp.abort(new Error(`time is up after ${timeoutMs} ms`)),
    timeoutMs,
  );
  stack.defer(() => clearTimeout(timer));

  const service = "scenario";
  const logger = createServiceLogger(service, { handlers: log.handlers });
  const topics = await backbone.openTopics(stack, [
    ESSAY_SUBMITTED,
    ESSAY_ANALYSED,
    SET_ASIDE,
  ]);
  const notifier = await backbone.openMessages({ stack, service, logger });
  const { url = "" } = stack.use(
    await startEssayDesk({ backbone, port: 0, logHandlers: log.handlers }),
  );
  output.print(`Essay desk, played once on ${backbone.name}, at ${url}\n`);
  return await playScenario({
    url,
    topics,
    notifier,
    suffix: backbone.isShared ? `-${crypto.randomUUID().slice(0, 8)}` : "",
    signal: giveUp.signal,
  });
}

function report(result: ScenarioResult, log: LogBook, output: Output): void {
  const { users, setAside } = result;
  for (const each of users) reportUser(each, output);

  const [first] = users;
  if (first) {
    output.print(`The first submission of ${first.user}, in the logs:`);
    for (const line of log.story(first.receipt.correlation_id)) {
      output.print(`  ${line.service.padEnd(14)} ${line.message}`);
    }
    output.print("");
  }
  for (const { reason, error } of setAside) {
    output.print(`In ${SET_ASIDE}: one record, ${reason}`);
    output.print(`  ${error}\n`);
  }
  const counts = countsOf(result);
  output.print(
    `submitted ${counts.submitted}, analysed ${counts.analysed}, ` +
      `duplicates ${counts.duplicates}, told ${counts.told}, ` +
      `set aside ${counts.setAside}`,
  );
}

function reportUser(story: UserStory, output: Output): void {
  const { user, file, receipt, told } = story;
  output.print(`${user} submitted ${file} and was told:`);
  for (const { data } of told) {
    const found = data.statistics as TextStatistics;
    const frequent = found.frequent_words
      .map(({ word, count }) => `${word} ${count}`)
      .join(", ");
    output.print(
      `  ${found.words} words in ${found.sentences} sentences, ` +
        `${found.long_words} long words`,
    );
    output.print(`  LIX ${found.lix.toFixed(1)}, ${found.lix_level} to read`);
    output.print(`  most frequent: ${frequent}`);
  }
  output.print(`  correlation id ${receipt.correlation_id}\n`);
}
