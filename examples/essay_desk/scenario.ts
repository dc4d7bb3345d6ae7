// Copyright 2026 the HuleEdu authors. MIT license.

import type { UserNotifier } from "@huleedu/service-libs/protocols";
import { ANALYSER } from "./analyser.ts";
import { ESSAY_ANALYSED } from "./essay_analysed.ts";
import { ESSAY_SUBMITTED } from "./essay_submitted.ts";
import { GATEWAY } from "./gateway.ts";
import type { TopicRecord, Topics } from "./topics.ts";
import { type Notification, type Receipt, UserPage } from "./user_page.ts";

/** Where submissions go that no essay can be read from. */
export const SET_ASIDE = `${ESSAY_SUBMITTED}.dlq`;

/** Who submits which file. The first of them presses the button twice. */
const CAST = [
  ["astrid", "the_night_ferry.txt"],
  ["benjamin", "a_bicycle_is_a_machine.txt"],
  ["cecilia", "stigen_bakom_skolan.txt"],
] as const;

/** What the scenario works with. */
export interface ScenarioOptions {
  /** Where desk and gateway are. */
  readonly url: string;
  /** A view of the topics from outside. */
  readonly topics: Topics;
  /** Another way to the users' pages, to mark the end. */
  readonly notifier: UserNotifier;
  /** Makes the users of this run nobody else's. */
  readonly suffix: string;
  /** Gives the run up. */
  readonly signal: AbortSignal;
}

/** What became of one user. */
export interface UserStory {
  /** The user. */
  readonly user: string;
  /** The file with the text. */
  readonly file: string;
  /** What the desk answered to the first submission. */
  readonly receipt: Receipt;
  /** Each result that the user's page was told. */
  readonly told: readonly Notification[];
}

/** What was seen from outside of the services. */
export interface ScenarioResult {
  /** The users. */
  readonly users: readonly UserStory[];
  /** Submissions of this run in their topic, copies included. */
  readonly submitted: number;
  /** The essays of this run in the topic of results, once for each result. */
  readonly analysed: readonly string[];
  /** The malformed record of this run in the dead-letter topic: why it is there. */
  readonly setAside: readonly SetAside[];
}

/** Why a record was set aside. */
export interface SetAside {
  /** One word. */
  readonly reason: string;
  /** The error. */
  readonly error: string;
}

/** Something did not happen in time. */
export class ScenarioError extends Error {
  /**
   * @param awaited What was waited for.
   * @param options The cause.
   */
  constructor(awaited: string, options: ErrorOptions) {
    const { cause } = options;
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Waited in vain for ${awaited}: ${reason}`, options);
    this.name = "ScenarioError";
  }
}

/**
 * Plays it: a malformed message is put on the topic by hand, and three users
 * submit their texts, one of them twice with the same event id.
 *
 * @param options The services, and ways to look at them.
 * @returns What was seen.
 * @throws {ScenarioError} If something does not happen in time.
 */
export async function playScenario(
  options: ScenarioOptions,
): Promise<ScenarioResult> {
  const { url, topics, suffix, signal } = options;
  const at = { desk: url, gateway: url };
  await using pages = new AsyncDisposableStack();
  const malformed = `{"event_type":"${ESSAY_SUBMITTED}","data":{"text":` +
    `"${crypto.randomUUID()} breaks off in the mid`;
  await topics.put(ESSAY_SUBMITTED, malformed);

  const users = await Promise.all(CAST.map(async ([name, file], index) => {
    const user = name + suffix;
    const page = pages.use(
      await inTime(`the page of ${user}`, UserPage.open(at, user, signal)),
    );
    const text = await readText(file);
    const eventId = crypto.randomUUID();
    const receipt = await page.submit(text, eventId);
    if (index === 0) await page.submit(text, eventId);
    return { user, file, receipt, page };
  }));
  for (const { user, page } of users) {
    const told = page.until("essay_analysed", 1, signal);
    await inTime(`the result of ${user}`, told);
  }
  await untilQuiet(users.map(({ page }) => page), options);

  const essays = users.map(({ receipt }) => receipt.essay_id);
  return {
    users: users.map(({ page, ...rest }) => ({
      ...rest,
      told: page.told("essay_analysed"),
    })),
    submitted: essaysIn(await topics.records(ESSAY_SUBMITTED), essays).length,
    analysed: essaysIn(await topics.records(ESSAY_ANALYSED), essays),
    setAside: (await topics.records(SET_ASIDE))
      .filter(({ value }) => value === malformed)
      .map(({ headers }) => ({
        reason: headers["dlq.reason"] ?? "",
        error: headers["dlq.error"] ?? "",
      })),
  };
}

/** Waits until nothing more can come, so that what is counted then is final. */
async function untilQuiet(
  pages: readonly UserPage[],
  { topics, notifier, signal }: ScenarioOptions,
): Promise<void> {
  const drained = async (group: string, topic: string) => {
    const work = topics.untilDrained(group, topic, signal);
    await inTime(`${group} to be done with ${topic}`, work);
  };
  await drained(ANALYSER, ESSAY_SUBMITTED);
  await drained(GATEWAY, ESSAY_ANALYSED);
  // What was told before this mark reaches the page before it.
  for (const page of pages) {
    await notifier.publishUserNotification(page.user, "over", null);
    await inTime(`the mark for ${page.user}`, page.until("over", 1, signal));
  }
}

async function inTime<T>(awaited: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new ScenarioError(awaited, { cause });
  }
}

async function readText(file: string): Promise<string> {
  return await Deno.readTextFile(new URL(`./texts/${file}`, import.meta.url));
}

/** The essay of each record that is about one of these. */
function essaysIn(
  records: readonly TopicRecord[],
  essays: readonly string[],
): string[] {
  return records
    .map(({ value }) => essays.find((essay) => value?.includes(essay)))
    .filter((essay) => essay !== undefined);
}
