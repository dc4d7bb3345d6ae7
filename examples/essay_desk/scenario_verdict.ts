// Copyright 2026 the HuleEdu authors. MIT license.

import { type ScenarioResult, SET_ASIDE } from "./scenario.ts";

/** How often what happened. */
export interface Counts {
  /** Submissions that are in the topic. */
  readonly submitted: number;
  /** Results that are in the topic. */
  readonly analysed: number;
  /** Submissions that led to no result of their own. */
  readonly duplicates: number;
  /** Results that reached a page. */
  readonly told: number;
  /** Records in the dead-letter topic. */
  readonly setAside: number;
}

/** What three users, one of whom submits twice, and one broken record lead to. */
const EXPECTED: Counts = {
  submitted: 4,
  analysed: 3,
  duplicates: 1,
  told: 3,
  setAside: 1,
};

/**
 * Counts what was seen.
 *
 * @param result What was seen.
 * @returns The counts.
 */
export function countsOf(result: ScenarioResult): Counts {
  const { submitted, analysed, users, setAside } = result;
  return {
    submitted,
    analysed: analysed.length,
    duplicates: submitted - analysed.length,
    told: users.reduce((sum, { told }) => sum + told.length, 0),
    setAside: setAside.length,
  };
}

/**
 * Finds what is not as it should be.
 *
 * @param result What was seen.
 * @returns A line a problem; none when all is well.
 */
export function problemsOf(result: ScenarioResult): string[] {
  return [
    ...countProblems(countsOf(result)),
    ...result.users.flatMap((each) => [...userProblems(each)]),
    ...result.setAside.filter(({ reason }) => reason !== "malformed").map(
      ({ reason }) =>
        `${SET_ASIDE}: the reason is "${reason}", not "malformed"`,
    ),
  ];
}

function countProblems(counts: Counts): string[] {
  return (Object.keys(EXPECTED) as Array<keyof Counts>)
    .filter((name) => counts[name] !== EXPECTED[name])
    .map((name) => `${name}: ${counts[name]}, not ${EXPECTED[name]}`);
}

function* userProblems(
  { user, receipt, told }: ScenarioResult["users"][number],
): Iterable<string> {
  const own = told.filter(({ data }) => data.essay_id === receipt.essay_id);
  if (own.length !== 1) {
    yield `${user} was told of the own essay ${own.length} times, not once`;
  }
  if (own.length !== told.length) {
    yield `${user} was told of an essay of someone else`;
  }
  for (const { data } of own) {
    if (data.correlation_id !== receipt.correlation_id) {
      yield `${user} was told under another correlation id`;
    }
  }
}
