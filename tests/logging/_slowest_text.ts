// Copyright 2026 the HuleEdu authors. MIT license.

import { scrub } from "../../logging/_scrub.ts";
import { nameKind } from "../../logging/_secret_names.ts";

/** What begins like a secret, again and again, and never ends like one. */
const UNITS: readonly string[] = [
  ...["a", "=", ":", " ", "<", ";", "\n", "{", '"', '\\"', "'", "ä", "it's"],
  ...["://", "://a:", "://a:@", "://a@", "a:b@", "x@", "u:p@tcp(", "@tcp("],
  ...['\\":', "=\\", '"password":"\\\\"', "{[(", "<a>", "<password>", "</a>"],
  ...["-----BEGIN PRIVATE KEY-----", "----", "sk-", "password:      "],
  ...["redis://u:p#/@", "'redis://a:", "a://b:c/d@e ", "a:", "a=", "=  "],
  ...["password=", "password=a ", "password=a;", "x=y;password=a b;", ";="],
  ...["x=1; password=", "password: ", "password: a ", "password:a", "sig=&"],
  ...['"password":"', 'password="', "password='a\\", "token={", "token: ["],
  ...["--a ", "--password ", '--password "', "--password-", "tokens_used="],
  ...["bearer ", "bearer a", "bearer aaaaaaaa ", "Bearer aaaaaaaa=", "a.b-c"],
  ...["basic aaaaaaaa ", "basic dXNlcjpwYXNz", "eyJ", "eyJaaaaa.", "AKIA"],
  ...["ghp_", "ghp_aaaaaaaaaaaaaaaaaaaa", "github_pat_", "xoxb-", "?sig="],
  ...["-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "Cookie:a", "cookie: "],
];

/** Redacts texts of such a length that are made to take long. */
export function slowestText(length: number): { unit: string; ms: number } {
  let slowest = { unit: "", ms: 0 };
  for (const unit of UNITS) {
    const text = "token @ -- " + unit.repeat(length / unit.length);
    const start = performance.now();
    scrub(text, nameKind);
    const ms = performance.now() - start;
    if (ms > slowest.ms) slowest = { unit, ms };
  }
  return slowest;
}
