// Copyright 2026 the HuleEdu authors. MIT license.

import { Line } from "./line.js";
import { Results } from "./results.js";

const $ = (id) => document.getElementById(id);
const [form, user, text, state] = ["form", "user", "text", "state"].map($);
const { gateway, maxTextLength } = document.body.dataset;
const MAX_TEXT_LENGTH = Number(maxTextLength);
const USER_ID = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u;

let line;
let results;

/** Connects under the name in the form, or says what is wrong with it. */
function connect() {
  const name = user.value.trim().normalize("NFC");
  const isUser = USER_ID.test(name);
  complain(user, !isUser && "Please give a name of letters and digits only.");
  if (!isUser) return false;
  if (line?.name !== name) {
    line?.end();
    results = open(name);
    sessionStorage.setItem("user", name);
  }
  return true;
}

/** The results of a user, with a line that brings more of them. */
function open(name) {
  const own = new Results($("results"), name, send);
  line = new Line(gateway, name, {
    onState: show,
    onAnalysed: (data) => {
      own.analyse(data);
      $("empty").hidden = true;
    },
    onGap: () => own.markGap(),
  });
  $("empty").hidden = !own.isEmpty;
  return own;
}

function show(kind, words) {
  state.dataset.state = kind;
  state.textContent = words;
}

function complain(field, words) {
  field.setAttribute("aria-invalid", String(Boolean(words)));
  $("error").textContent = words || "";
}

/** Begins a trace, W3C Trace Context: all services go on with it. */
function newTraceparent() {
  const hex = (bytes) =>
    [...crypto.getRandomValues(new Uint8Array(bytes))]
      .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `00-${hex(16)}-${hex(8)}-01`;
}

async function send(id, body) {
  const { name, ready } = line;
  const own = results;
  own.send(id, body);
  $("empty").hidden = true;
  try {
    await ready;
    const response = await fetch("essays", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        traceparent: newTraceparent(),
      },
      // Sent again under the same id it is the same event, and analysed once.
      body: JSON.stringify({ user_id: name, event_id: id, text: body }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    own.accept(id, answer.correlation_id);
  } catch (error) {
    own.refuse(id, error.message);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!connect()) return user.focus();
  const wrong = problemOf(text.value);
  complain(text, wrong);
  if (wrong) return text.focus();
  send(crypto.randomUUID(), text.value);
  text.value = "";
  count();
});
user.addEventListener("change", () => user.value.trim() && connect());
text.addEventListener("input", count);

function problemOf(words) {
  if (!isWord(words)) return "Please write a text first.";
  return words.length > MAX_TEXT_LENGTH && tooLong(words.length);
}

function tooLong(length) {
  return `The text is too long: ${number(length - MAX_TEXT_LENGTH)} of its ` +
    `${number(length)} characters must go.`;
}

function isWord(words) {
  return /[\p{L}\p{N}]/u.test(words);
}

function count() {
  const { value } = text;
  const words = value.split(/\s+/).filter(isWord).length;
  const isTooLong = value.length > MAX_TEXT_LENGTH;
  const counter = $("count");
  counter.dataset.kind = isTooLong ? "problem" : "";
  counter.textContent = `${number(words)} ${words === 1 ? "word" : "words"}, ` +
    `${number(value.length)} of ${number(MAX_TEXT_LENGTH)} characters` +
    (isTooLong ? ": too long" : "");
  if (text.ariaInvalid === "true" && !problemOf(value)) complain(text);
}

function number(value) {
  return value.toLocaleString("en");
}

count();
user.value = new URLSearchParams(location.search).get("user") ??
  sessionStorage.getItem("user") ?? "";
if (user.value) connect();
