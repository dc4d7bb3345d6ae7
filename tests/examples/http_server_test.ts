// Copyright 2026 the HuleEdu authors. MIT license.

import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  HttpServer,
  PortInUseError,
} from "../../examples/essay_desk/http_server.ts";
import { RecordingLogger } from "../../testing/mod.ts";
import { TestDesk } from "./test_desk.ts";

interface Answer {
  readonly status: number;
  readonly error: string;
}

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const { error } = await response.json();
  return { status: response.status, error };
}

function post(desk: TestDesk, body: unknown): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return ask(`${desk.url}/essays`, { method: "POST", body: text });
}

Deno.test("POST /essays says which field is wrong", async () => {
  await using desk = await TestDesk.start();
  const good = { user_id: "astrid", text: "A text." };
  const wrong: Array<readonly [body: unknown, error: string]> = [
    ["{", "must be JSON"],
    [null, "user_id"],
    [{ ...good, user_id: undefined }, "user_id"],
    [{ ...good, user_id: "as trid" }, "user_id"],
    [{ ...good, text: 7 }, "text"],
    [{ ...good, text: " ?! " }, "text"],
    [{ ...good, text: "a".repeat(50_001) }, "50000 characters"],
    [{ ...good, text: "half \ud800" }, "text must be well-formed"],
    [{ ...good, event_id: "7" }, "event_id"],
  ];
  for (const [body, named] of wrong) {
    const { status, error } = await post(desk, body);
    assertEquals(status, 400, error);
    assertStringIncludes(error, named);
  }
  const large = await post(desk, "a".repeat(600_000));
  assertEquals(large.status, 413);
});

Deno.test("GET /ws refuses users without a proper name", async () => {
  await using desk = await TestDesk.start();
  for (const query of ["", "?user=", "?user=a%20b", "?user=%0a", "?user=-a"]) {
    const { status, error } = await ask(`${desk.url}/ws${query}`);
    assertEquals(status, 400);
    assertStringIncludes(error, "user must be");
  }
  const { status } = await ask(`${desk.url}/ws?user=astrid`);
  assertEquals(status, 426);
});

Deno.test("HttpServer refuses pages of other sites, and what it does not have", async () => {
  await using desk = await TestDesk.start();
  const headers = { Origin: "https://elsewhere.example" };
  const foreign = await ask(`${desk.url}/ws?user=astrid`, { headers });
  assertEquals(foreign.status, 403);
  assertEquals((await ask(`${desk.url}/nothing`)).status, 404);
  const method = "DELETE";
  assertEquals((await ask(`${desk.url}/essays`, { method })).status, 405);
});

Deno.test("GET / is a page that loads nothing from elsewhere", async () => {
  await using desk = await TestDesk.start();
  const response = await fetch(desk.url);
  const html = await response.text();
  assertEquals(response.status, 200);
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  assertStringIncludes(policy, "default-src 'none'");
  assertStringIncludes(
    html,
    `data-gateway="ws://${new URL(desk.url).host}/ws"`,
  );
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)]
    .map(([, file]) => file!).filter((file) => !file.startsWith("data:"));
  assertEquals(files, ["style.css", "app.js"]);
  for (const file of files) {
    const { ok, body } = await fetch(`${desk.url}/${file}`);
    await body?.cancel();
    assert(ok);
  }
});

Deno.test("HttpServer answers 500 with the correlation id when a route fails", async () => {
  const logger = new RecordingLogger();
  await using server = new HttpServer({
    port: 0,
    logger,
    routes: {
      "GET /": () => Promise.reject(new Error("the broker is away")),
    },
  });
  const response = await fetch(server.url);
  const { error } = await response.json();
  assertEquals(response.status, 500);
  const id = response.headers.get("X-Correlation-ID") ?? "";
  assertStringIncludes(error, id);
  assert(!error.includes("broker"));
  assertEquals(logger.lines.map(({ fields }) => fields.correlationId), [id]);
});

Deno.test("HttpServer names the port that is in use", async () => {
  const logger = new RecordingLogger();
  await using first = new HttpServer({ port: 0, routes: {}, logger });
  const port = Number(new URL(first.url).port);
  assertThrows(
    () => new HttpServer({ port, routes: {}, logger }),
    PortInUseError,
    `Port ${port} on 127.0.0.1 is in use`,
  );
});
