// Copyright 2026 the HuleEdu authors. MIT license.

import { REDACTED } from "./_marks.ts";
import { scrubAssignments } from "./_scrub_assignments.ts";
import { scrubOptions } from "./_scrub_options.ts";
import { scrubSchemes } from "./_scrub_schemes.ts";
import { scrubDsns, scrubUrls } from "./_scrub_urls.ts";
import type { NameKind } from "./_secret_names.ts";

/** Names that are worth a closer look; without one a text has no secret. */
const HINT =
  /@|pass|pwd|secret|token|key|credential|auth|cookie|bearer|basic|jwt|eyJ|connection|gh[opsur]_|_pat_|AKIA|xox|k_live|PRIVATE|pin|sig|sid|csrf|xsrf|otp|cvv|dsn|session|conn/i;

/**
 * A JSON Web Token: base64url of `{"`, and two more parts. It begins where
 * nothing of the kind stands before it: else each `eyJ` of a long text would be
 * looked at to the end of the text.
 */
const JWT = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{2,}\.[\w-]*/g;

/** Keys with a form of their own: of GitHub, AWS, Slack and Stripe, and in PEM. */
const KNOWN_KEY =
  /\b(?:gh[opsur]_\w{20,255}|github_pat_\w{20,255}|AKIA[A-Z\d]{16}|xox[abprs]-[\w-]{10,255}|[rs]k_live_\w{10,255})|-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z ]{0,32}PRIVATE KEY-----)?/g;

/**
 * Redacts the secrets inside a text: passwords and tokens in URLs and in data
 * source names as Go has them, credentials after `Bearer` and `Basic`, JSON Web
 * Tokens, keys of GitHub, AWS, Slack and Stripe, private keys in PEM, the values
 * of options such as `--password x`, and those of secret names in `name=value`,
 * `name: value`, `"name":"value"`, connection strings and header lines.
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
  if (!HINT.test(text)) return text;
  let scrubbed = text;
  if (text.includes("@")) scrubbed = scrubDsns(scrubUrls(scrubbed));
  scrubbed = scrubSchemes(scrubbed)
    .replace(JWT, REDACTED)
    .replace(KNOWN_KEY, REDACTED);
  if (text.includes("--")) scrubbed = scrubOptions(scrubbed, kindOf);
  return scrubAssignments(scrubbed, kindOf);
}
