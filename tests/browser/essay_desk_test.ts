// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertMatch } from "@std/assert";
import { type Browser, chromium, type Page } from "playwright-core";
import { TestDesk } from "../examples/test_desk.ts";

const TEXT = "Nobody ever visited the lighthouse. He counted the ships.";
const MARKUP = `<img src="x" onerror="document.title='owned'"> is a text.`;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A browser with an empty profile, which loads nothing of its own accord. */
async function launch(): Promise<AsyncDisposable & { readonly it: Browser }> {
  const it = await chromium.launch({
    executablePath: Deno.env.get("CHROMIUM_PATH") || "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return { it, [Symbol.asyncDispose]: () => it.close() };
}

/** The page of a user in a session of its own, connected. */
async function open(
  browser: Browser,
  url: string,
  user: string,
): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url);
  await page.getByLabel("Your name").fill(user);
  await page.getByLabel("Your name").blur();
  await page.getByText(`Connected as ${user}`).waitFor();
  return page;
}

async function submit(page: Page, text: string): Promise<void> {
  await page.getByLabel("Text", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Submit" }).click();
}

/** The correlation ids of the results on a page, the newest first. */
async function results(page: Page): Promise<string[]> {
  await page.locator("#results dl").first().waitFor();
  return await page.locator("#results li:has(dl) code").allTextContents();
}

Deno.test("The page shows a result to the user who submitted, and to no other", async () => {
  await using desk = await TestDesk.start();
  await using browser = await launch();
  const astrid = await open(browser.it, desk.url, "astrid");
  const benjamin = await open(browser.it, desk.url, "benjamin");

  await submit(astrid, TEXT);
  const [first = ""] = await results(astrid);
  assertMatch(first, UUID);
  assertEquals(
    desk.log.story(first).map(({ service }) => service),
    ["essay_desk", "essay_analyser", "essay_gateway"],
  );
  assertEquals(
    await astrid.locator("#results dd").allTextContents(),
    ["9", "2", "3", "37.8"],
  );

  // What the other page hears first is its own result.
  await submit(benjamin, TEXT);
  const shown = await results(benjamin);
  assertEquals(shown.length, 1);
  assertEquals(shown.includes(first), false);
  assertEquals(await results(astrid), [first]);
});

Deno.test("The page shows what users wrote as text, never as markup", async () => {
  await using desk = await TestDesk.start();
  await using browser = await launch();
  const page = await open(browser.it, desk.url, "astrid");
  await submit(page, MARKUP);
  await results(page);
  assertEquals(await page.locator("#results img").count(), 0);
  assertEquals(await page.title(), "Essay desk");
  assertMatch(await page.locator(".opening").innerText(), /^<img src="x"/);
});

Deno.test("The page says what is wrong with a form", async () => {
  await using desk = await TestDesk.start();
  await using browser = await launch();
  const page = await open(browser.it, desk.url, "astrid");
  await page.getByRole("button", { name: "Submit" }).click();
  assertEquals(
    await page.getByRole("alert").innerText(),
    "Please write a text first.",
  );
  await page.getByLabel("Your name").fill("as trid");
  await page.getByRole("button", { name: "Submit" }).click();
  assertMatch(await page.getByRole("alert").innerText(), /name/);
});

Deno.test("The page connects again when the gateway comes back", async () => {
  await using browser = await launch();
  let port: number;
  let page: Page;
  {
    await using desk = await TestDesk.start();
    port = Number(new URL(desk.url).port);
    page = await open(browser.it, desk.url, "astrid");
  }
  await page.getByText("Connection lost").waitFor();
  await using _back = await TestDesk.start(port);
  await page.getByText("Connected as astrid").waitFor();
  await submit(page, TEXT);
  assertEquals((await results(page)).length, 1);
});

Deno.test("The page keeps a text that is too long, and says so", async () => {
  await using desk = await TestDesk.start();
  await using browser = await launch();
  const page = await open(browser.it, desk.url, "astrid");
  const long = "word ".repeat(10_001);
  await submit(page, long);
  assertEquals(
    await page.locator("#count").innerText(),
    "10,001 words, 50,005 of 50,000 characters: too long",
  );
  assertEquals(
    await page.getByRole("alert").innerText(),
    "The text is too long: 5 of its 50,005 characters must go.",
  );
  const text = page.getByLabel("Text", { exact: true });
  assertEquals(await text.inputValue(), long);
  await submit(page, long.slice(0, 50_000));
  assertEquals(await page.locator("#error").textContent(), "");
  assertEquals((await results(page)).length, 1);
});

Deno.test("The page cuts a word that would fill it", async () => {
  await using desk = await TestDesk.start();
  await using browser = await launch();
  const page = await open(browser.it, desk.url, "astrid");
  await submit(page, "å".repeat(30_000));
  await results(page);
  assertEquals(
    await page.locator(".words li").innerText(),
    `${"å".repeat(40)}… × 1`,
  );
  assertEquals(
    await page.locator(".opening").innerText(),
    `${"å".repeat(120)}…`,
  );
});

Deno.test("The page says why half a character is not taken", async () => {
  await using desk = await TestDesk.start();
  await using browser = await launch();
  const page = await open(browser.it, desk.url, "astrid");
  await page.getByLabel("Text", { exact: true }).evaluate((element) => {
    (element as unknown as { value: string }).value = "half \ud800";
  });
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByText("Not submitted: text must be well-formed").waitFor();
});

Deno.test("The page finds its results again after a reload, those of each user", async () => {
  await using desk = await TestDesk.start();
  await using browser = await launch();
  const page = await open(browser.it, desk.url, "astrid");
  await submit(page, MARKUP);
  const shown = await results(page);
  await page.reload();
  await page.getByText("Connected as astrid").waitFor();
  assertEquals(await results(page), shown);
  assertEquals(await page.locator("#results img").count(), 0);
  assertMatch(await page.locator(".opening").innerText(), /^<img src="x"/);

  await page.getByLabel("Your name").fill("benjamin");
  await page.getByLabel("Your name").blur();
  await page.getByText("Connected as benjamin").waitFor();
  assertEquals(await page.locator("#results li").count(), 0);
  await page.getByText("Nothing yet").waitFor();
});

Deno.test("The page knows a result that comes after a reload for its own", async () => {
  await using desk = await TestDesk.start();
  await using browser = await launch();
  const page = await open(browser.it, desk.url, "astrid");
  await page.route("**/essays", () => {}, { times: 1 });
  await submit(page, TEXT);
  await page.getByText("On its way").waitFor();
  await page.reload();
  await page.getByText("Not submitted: the page was left").waitFor();
  await page.getByRole("button", { name: "Send again" }).click();
  assertEquals((await results(page)).length, 1);
  assertEquals(await page.locator(".opening").innerText(), TEXT);
});
