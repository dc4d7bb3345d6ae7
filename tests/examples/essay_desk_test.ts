// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { parseEnvelope } from "../../events/mod.ts";
import {
  ESSAY_ANALYSED,
  type EssayAnalysed,
} from "../../examples/essay_desk/essay_analysed.ts";
import { ESSAY_SUBMITTED } from "../../examples/essay_desk/essay_submitted.ts";
import { derivedEventId } from "../../examples/essay_desk/derived_event_id.ts";
import { TestDesk } from "./test_desk.ts";

const TEXT = "Nobody ever visited the lighthouse. He counted the ships.";
const TOLD = "essay_analysed";
const CORRELATION_ID = "11111111-2222-4333-8444-555555555555";

Deno.test("startEssayDesk() tells the user the statistics of a submitted text", async () => {
  await using desk = await TestDesk.start();
  await using page = await desk.open("astrid");
  const receipt = await page.submit(TEXT, crypto.randomUUID());
  await page.until(TOLD, 1, desk.signal);

  const [notification] = page.told(TOLD);
  assertEquals(notification?.data.essay_id, receipt.essay_id);
  assertEquals(notification?.data.correlation_id, receipt.correlation_id);
  assertEquals(notification?.data.statistics, {
    words: 9,
    sentences: 2,
    long_words: 3,
    lix: 37.8,
    lix_level: "easy",
    frequent_words: [
      { word: "nobody", count: 1 },
      { word: "visited", count: 1 },
      { word: "lighthouse", count: 1 },
      { word: "counted", count: 1 },
      { word: "ships", count: 1 },
    ],
  });
});

Deno.test("startEssayDesk() analyses an event id once, however often it is submitted", async () => {
  await using desk = await TestDesk.start();
  await using page = await desk.open("astrid");
  const eventId = crypto.randomUUID();
  for (let copy = 0; copy < 3; copy++) await page.submit(TEXT, eventId);
  // Events of one user keep their order, so this one comes after the copies.
  await page.submit(TEXT, crypto.randomUUID());
  await page.until(TOLD, 2, desk.signal);

  assertEquals(desk.bus.records(ESSAY_SUBMITTED).length, 4);
  const analysed = desk.bus.records(ESSAY_ANALYSED).map(({ value }) =>
    parseEnvelope(value!).data as EssayAnalysed
  );
  assertEquals(
    analysed.filter(({ essay_id }) => essay_id === eventId).length,
    1,
  );
  assertEquals(page.told(TOLD).length, 2);
});

Deno.test("startEssayDesk() handles nothing again when everything is redelivered", async () => {
  await using desk = await TestDesk.start();
  await using page = await desk.open("astrid");
  await page.submit(TEXT, crypto.randomUUID());
  await page.until(TOLD, 1, desk.signal);
  desk.bus.redeliver("essay_analyser");
  desk.bus.redeliver("essay_gateway");
  await page.submit(TEXT, crypto.randomUUID());
  await page.until(TOLD, 2, desk.signal);

  assertEquals(page.told(TOLD).length, 2);
  assertEquals(desk.bus.records(ESSAY_ANALYSED).length, 2);
});

Deno.test("startEssayDesk() tells nobody of the essay of another user", async () => {
  await using desk = await TestDesk.start();
  await using astrid = await desk.open("astrid");
  await using benjamin = await desk.open("benjamin");
  const own = await astrid.submit(TEXT, crypto.randomUUID());
  await astrid.until(TOLD, 1, desk.signal);
  const other = await benjamin.submit(TEXT, crypto.randomUUID());
  await benjamin.until(TOLD, 1, desk.signal);

  const essays = (page: typeof astrid) =>
    page.told(TOLD).map(({ data }) => data.essay_id);
  assertEquals(essays(astrid), [own.essay_id]);
  assertEquals(essays(benjamin), [other.essay_id]);
});

Deno.test("startEssayDesk() tells every page that a user has open", async () => {
  await using desk = await TestDesk.start();
  await using first = await desk.open("astrid");
  await using second = await desk.open("astrid");
  await first.submit(TEXT, crypto.randomUUID());
  await first.until(TOLD, 1, desk.signal);
  await second.until(TOLD, 1, desk.signal);
});

Deno.test("startEssayDesk() sets malformed and invalid submissions aside, and goes on", async () => {
  await using desk = await TestDesk.start();
  await using page = await desk.open("astrid");
  desk.bus.publishRaw(ESSAY_SUBMITTED, '{"event_type": "breaks off');
  desk.bus.publishRaw(
    ESSAY_SUBMITTED,
    JSON.stringify({
      event_id: crypto.randomUUID(),
      event_type: ESSAY_SUBMITTED,
      source_service: "test",
      data: { essay_id: "no uuid", user_id: "astrid", text: "…" },
    }),
  );
  await page.submit(TEXT, crypto.randomUUID());
  await page.until(TOLD, 1, desk.signal);

  const letters = await desk.bus.untilRecords(`${ESSAY_SUBMITTED}.dlq`, 2);
  const reasons = letters.map(({ headers }) => headers["dlq.reason"]);
  assertEquals(reasons.sort(), ["invalid", "malformed"]);
  for (const { headers } of letters) assert(headers["dlq.error"]);
});

Deno.test("startEssayDesk() logs a submission under one correlation id in all services", async () => {
  await using desk = await TestDesk.start();
  await using page = await desk.open("astrid");
  const eventId = crypto.randomUUID();
  const receipt = await page.submit(TEXT, eventId, {
    "X-Correlation-ID": CORRELATION_ID,
  });
  await page.until(TOLD, 1, desk.signal);

  assertEquals(receipt.correlation_id, CORRELATION_ID);
  assertEquals(page.told(TOLD)[0]?.data.correlation_id, CORRELATION_ID);
  const derived = await derivedEventId(eventId, ESSAY_ANALYSED);
  const about = desk.log.lines.filter((line) =>
    [line.event_id, line.essay_id].some((id) =>
      id === eventId || id === derived
    )
  );
  assertEquals(
    about.map(({ service, correlation_id }) => [service, correlation_id]),
    [
      ["essay_desk", CORRELATION_ID],
      ["essay_analyser", CORRELATION_ID],
      ["essay_gateway", CORRELATION_ID],
    ],
  );
  assertEquals(desk.log.story(CORRELATION_ID), about);
});

Deno.test("startEssayDesk() makes a correlation id of whatever a submission has", async () => {
  await using desk = await TestDesk.start();
  await using page = await desk.open("astrid");
  const headers = { "X-Correlation-ID": "please" };
  const first = await page.submit(TEXT, crypto.randomUUID(), headers);
  const second = await page.submit(TEXT, crypto.randomUUID(), headers);
  const third = await page.submit(TEXT, crypto.randomUUID());
  assertEquals(first.correlation_id, second.correlation_id);
  assertNotEquals(first.correlation_id, third.correlation_id);
  const [line] = desk.log.story(first.correlation_id);
  assertEquals(line?.original_correlation_id, "please");
});

Deno.test("startEssayDesk() logs a submission in the trace of its request", async () => {
  await using desk = await TestDesk.start();
  await using page = await desk.open("astrid");
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const receipt = await page.submit(TEXT, crypto.randomUUID(), {
    traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
  });
  await page.until(TOLD, 1, desk.signal);
  assertEquals(
    desk.log.story(receipt.correlation_id).map(({ service, trace_id }) => [
      service,
      trace_id,
    ]),
    [
      ["essay_desk", traceId],
      ["essay_analyser", traceId],
      ["essay_gateway", traceId],
    ],
  );
});

Deno.test("startEssayDesk() ends what is in hand before it stops, and closes the pages", async () => {
  const desk = await TestDesk.start();
  await using page = await desk.open("astrid");
  await page.submit(TEXT, crypto.randomUUID());
  await page.until(TOLD, 1, desk.signal);
  await desk[Symbol.asyncDispose]();
  await assertRejects(
    () => page.until("anything", 1, desk.signal),
    Error,
    "The WebSocket of astrid was closed",
  );
  await assertRejects(() => fetch(desk.url), TypeError);
});

Deno.test("derivedEventId() is the UUID of version 5 that Python's uuid5 makes", async () => {
  // uuid.uuid5(uuid.NAMESPACE_DNS, "python.org"), from Python's documentation.
  assertEquals(
    await derivedEventId("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "python.org"),
    "886313e1-3b8a-5372-9b90-0c9aee199e5d",
  );
});
