// Copyright 2026 the HuleEdu authors. MIT license.

import { REDACTED } from "./_marks.ts";
import { isProse } from "./_prose.ts";

/** A scheme of HTTP authentication and what may be credentials. */
const SCHEME = /(bearer|basic)(\s{1,3})([\w.~+\/-]{6,}={0,2})(?![\w=])/gi;

/** The name of a parameter, as in the challenge `Bearer error_description="…"`. */
const PARAMETER = /^[a-z_]+=$/;

/** Words after `Bearer` that are about tokens. Shorter ones are no tokens. */
const ABOUT_BEARER: ReadonlySet<string> = new Set(
  `access assertion assertions based authentication authenticator authorization bearer
  challenge challenges credential credentials format handler header headers
  integration mechanism method methods middleware parameters parser prefix
  protected protocol refresh scheme schemes security strategy supported token
  tokens unauthorized validation`.split(/\s+/),
);

/**
 * Redacts what follows `Bearer` or `Basic`, where it is no word. Credentials of
 * `Basic` are known by what they decode to, and a bearer token by its letters and
 * its length, or by not being a word that texts about tokens are made of.
 */
export function scrubSchemes(text: string): string {
  return text.replace(
    SCHEME,
    (match, scheme: string, space: string, found: string, at: number) => {
      const after = text[at + match.length];
      const isParameter = PARAMETER.test(found) &&
        (after === '"' || after === "'");
      if (isParameter || !isCredential(scheme, found)) return match;
      return `${scheme}${space}${REDACTED}`;
    },
  );
}

function isCredential(scheme: string, found: string): boolean {
  return scheme.toLowerCase() === "basic" ? isBasic(found) : isBearer(found);
}

function isBasic(found: string): boolean {
  if (/[^A-Za-z\d+\/=]/.test(found)) return false;
  if (found.length >= 16 && /\d/.test(found) && /[A-Z]/.test(found)) {
    return true;
  }
  const whole = found.replace(/=+$/, "");
  try {
    // A text that was cut may end within a group of four.
    const decoded = atob(whole.length % 4 === 1 ? whole.slice(0, -1) : whole);
    // deno-lint-ignore no-control-regex -- there are none in a login.
    return decoded.includes(":") && !/[\u0000-\u001f\u007f]/.test(decoded);
  } catch {
    return false;
  }
}

function isBearer(found: string): boolean {
  const token = found.replace(/[.\/-]$/, "");
  if (/\d|[a-z][A-Z]|[._~+=]/.test(token) || token.length >= 24) return true;
  return token.split(/[\/-]/).every((word) =>
    !isProse(word) && !ABOUT_BEARER.has(word.toLowerCase())
  );
}
