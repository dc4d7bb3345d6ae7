// Copyright 2026 the HuleEdu authors. MIT license.

/** An error answer of the server, which begins with its code. */
export class ErrorReply extends Error {
  override name = "ErrorReply";
}

/** The answer to a command on a value of another type. */
export function wrongType(): ErrorReply {
  return new ErrorReply(
    "WRONGTYPE Operation against a key holding the wrong kind of value",
  );
}
