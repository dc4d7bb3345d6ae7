// Copyright 2026 the HuleEdu authors. MIT license.

import { REDACTED } from "./_marks.ts";

/** What may belong to a URL: up to a space, a quote or the next URL. */
const URL_REST = /:\/\/((?:(?!:\/\/)[^\s"<>`])*)/g;

const SCHEME = /('?)([a-z][a-z\d+.-]*)$/i;
/** How much of a scheme is looked at. */
const MAX_SCHEME = 24;

/** URLs of these have no `@` in path or query, so that the last one ends a login. */
const STORE =
  /^(?:redis|valkey|postgres|cockroach|mysql|maria|mongo|couch|mssql|sqlserver|oracle|db2|clickhouse|cassandra|neo4j|bolt|memcache|amqp|nats|kafka|mqtt|smtp|imap|ldap)/i;

/** What is a host for certain: with a dot or port, in brackets, or `localhost`. */
const HOST =
  /^(?:localhost|\[[\da-f:.]{2,64}\]|[\w-]{1,64}(?:\.[\w-]{1,64})+|[\w-]{1,64}(?=:\d))(?::\d{1,5})?(?:[\/?#,;|'")\]}]|$)/i;

/** A port is no password, unless an `@` follows at once. */
const PORT = /^\d{1,5}(?:[\/?#,;|'")\]}]|$)/;

/** A token in the place of a user, as in `https://ghp_…@github.com`. */
const TOKEN = /^[\w~+=%-]{20,512}$/;

/** Where a login ends in `user:password@tcp(host:3306)/name`. */
const GO_ADDRESS = /@(?:tcp[46]?|udp|unix)\(/g;

/**
 * Redacts the passwords of URLs, and long tokens in the place of a user. A
 * password may have any characters but spaces, quotation marks and `<>`, also
 * those that RFC 3986 wants escaped.
 */
export function scrubUrls(text: string): string {
  return text.replace(URL_REST, (match, rest: string, at: number) => {
    if (!rest.includes("@")) return match;
    const before = SCHEME.exec(text.slice(Math.max(0, at - MAX_SCHEME), at));
    const [, quote = "", scheme = ""] = before ?? [];
    return `://${scrubRest(rest, quote === "'", STORE.test(scheme))}`;
  });
}

function scrubRest(rest: string, isQuoted: boolean, isStore: boolean): string {
  const quote = isQuoted ? rest.indexOf("'") : -1;
  if (quote >= 0 && rest.lastIndexOf("@", quote) >= 0) {
    return scrubRest(rest.slice(0, quote), false, isStore) + rest.slice(quote);
  }
  const [start, end] = passwordOf(rest, isStore) ?? tokenOf(rest) ?? [0, 0];
  return end === 0 ? rest : rest.slice(0, start) + REDACTED + rest.slice(end);
}

/** From where to where there is a password, in what follows `://`. */
function passwordOf(
  rest: string,
  isStore: boolean,
): [number, number] | undefined {
  const colon = rest.indexOf(":");
  const slash = rest.search(/[\/?#]/);
  const authorityEnd = slash < 0 ? rest.length : slash;
  const last = rest.lastIndexOf("@");
  // An address of IPv6 has colons as well.
  if (colon < 0 || colon > authorityEnd || rest.startsWith("[")) return;
  if (last <= colon + 1) return;
  const own = rest.lastIndexOf("@", authorityEnd);
  if (own > colon) {
    const isCertain = !isStore && HOST.test(rest.slice(own + 1, own + 320));
    return [colon + 1, isCertain ? own : last];
  }
  // The user is followed by host and port.
  if (own >= 0) return;
  if (colon > 0 && PORT.test(rest.slice(colon + 1, colon + 8))) return;
  return [colon + 1, last];
}

function tokenOf(rest: string): [number, number] | undefined {
  const end = rest.indexOf("@");
  return TOKEN.test(rest.slice(0, Math.min(end, 513))) ? [0, end] : undefined;
}

/** Redacts the passwords in data source names as Go's drivers have them. */
export function scrubDsns(text: string): string {
  let out = "";
  let done = 0;
  for (const { index } of text.matchAll(GO_ADDRESS)) {
    let start = index;
    while (start > done && !/[\s"`<>]/.test(text[start - 1]!)) start--;
    const login = text.slice(start, index);
    const user = login.lastIndexOf("://");
    const colon = login.indexOf(":", user < 0 ? 0 : user + 3);
    if (colon >= 0 && start + colon + 1 < index) {
      out += text.slice(done, start + colon + 1) + REDACTED;
    } else {
      out += text.slice(done, index);
    }
    done = index;
  }
  return out + text.slice(done);
}
