// Copyright 2026 the HuleEdu authors. MIT license.

import { REDACTED } from "./_marks.ts";
import { scrubAssignments } from "./_scrub_assignments.ts";
import { scrubElements } from "./_scrub_elements.ts";
import { scrubOptions } from "./_scrub_options.ts";
import { scrubSchemes } from "./_scrub_schemes.ts";
import { scrubDsns, scrubUrls } from "./_scrub_urls.ts";
import { ANY_NAME, type NameKind } from "./_secret_names.ts";

/** Names that are worth a closer look; without one a text has no secret. */
const HINT =
  /@|pass|pwd|secret|token|key|credential|auth|cookie|bearer|basic|jwt|eyJ|connection|gh[opsur]_|_pat_|AKIA|AIza|xox|k_live|k_test|sk-|glpat-|npm_|PRIVATE|pin|sig|sid|csrf|xsrf|otp|cvv|dsn|session|conn/i;

/** What there is around any name and its value. */
const WIDE_HINT = /[=:]|--|<\//;

/**
 * A JSON Web Token: base64url of `{"`, and two more parts. It begins where
 * nothing of the kind stands before it: else each `eyJ` of a long text would be
 * looked at to the end of the text.
 */
const JWT = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{2,}\.[\w-]*/g;

/** Keys with a form of their own; those of OpenAI are told from words. */
const KNOWN_KEY = new RegExp(
  String.raw`\b(?:${
    [
      String.raw`gh[opsur]_\w{20,255}|github_pat_\w{20,255}`,
      String.raw`glpat-[\w-]{20,255}(?:\.[\w-]{1,255}){0,2}`,
      String.raw`npm_[A-Za-z\d]{20,255}|xox[abprs]-[\w-]{10,255}`,
      String.raw`AKIA[A-Z\d]{16}|AIza[\w-]{35,255}`,
      String.raw`[rs]k_(?:live|test)_\w{10,255}`,
      String.raw`sk-(?:\w{20,255}|(?=[\w-]{0,99}[\dA-Z])[\w-]{20,255})`,
    ].join("|")
  })`,
  "g",
);

/** A private key in PEM, headers included, up to the next line of hyphens. */
const PRIVATE_KEY =
  /-{4,5} ?BEGIN [A-Z\d ]{0,32}PRIVATE KEY(?: BLOCK)? ?-{4,5}[\s\S]*?(?:$|(?=----)(?:-{4,5} ?END [A-Z\d ]{0,32}PRIVATE KEY(?: BLOCK)? ?-{4,5})?)/g;

/**
 * Redacts the secrets inside a text: passwords and tokens in URLs and in data
 * source names as Go has them, credentials after `Bearer` and `Basic`, JSON Web
 * Tokens, keys of GitHub, GitLab, npm, AWS, Google, Slack, Stripe and OpenAI,
 * private keys in PEM, the values of options such as `--password x`, and those of
 * secret names in `name=value`, `name: value`, `"name":"value"`,
 * `<name>value</name>`, connection strings and header lines.
 *
 * A sentence such as `password: must be at least 8 characters` stays: after a
 * name, a colon and a space a word is a secret if it has a digit or if nothing
 * follows it but another pair, and if it is no word of such sentences. It takes
 * time in proportion to the text, whatever the text.
 *
 * @param text The text.
 * @param kindOf Tells what a name says of its value.
 * @returns The text without them.
 */
export function scrub(
  text: string,
  kindOf: (name: string) => NameKind,
): string {
  if (!HINT.test(text)) {
    const isOwn = WIDE_HINT.test(text) && kindOf(ANY_NAME) === "secret";
    return isOwn ? scrubNames(text, kindOf) : text;
  }
  let scrubbed = text;
  if (text.includes("@")) scrubbed = scrubDsns(scrubUrls(scrubbed));
  scrubbed = scrubSchemes(scrubbed)
    .replace(JWT, REDACTED)
    .replace(KNOWN_KEY, REDACTED);
  if (text.includes("----")) scrubbed = scrubbed.replace(PRIVATE_KEY, REDACTED);
  return scrubNames(scrubbed, kindOf);
}

/** Redacts the values of secret names. */
function scrubNames(
  text: string,
  kindOf: (name: string) => NameKind,
): string {
  let scrubbed = text;
  if (text.includes("</")) scrubbed = scrubElements(scrubbed, kindOf);
  if (text.includes("--")) scrubbed = scrubOptions(scrubbed, kindOf);
  return scrubAssignments(scrubbed, kindOf);
}
