// Copyright 2026 the HuleEdu authors. MIT license.

/** A broker that is killed comes back without waiting for its old session. */
export const FAST_RESTART: Readonly<Record<string, string>> = {
  "broker.session.timeout.ms": "1000",
  "broker.heartbeat.interval.ms": "200",
};
