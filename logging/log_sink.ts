// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Takes one finished line, without the line feed at its end. Called once a
 * record, in the order of the logging calls, before the call returns.
 */
export type LogSink = (line: string) => void;
