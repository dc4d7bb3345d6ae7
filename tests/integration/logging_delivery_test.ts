// Copyright 2026 the HuleEdu authors. MIT license.

import { existsSync } from "node:fs";
import { testDelivery } from "../npm/consumer/delivery.ts";

const script = new URL("../npm/consumer/log_and_end.ts", import.meta.url);
const offline = new URL("../../deno.offline.json", import.meta.url);
const online = new URL("../../deno.json", import.meta.url);
// The generated one is there only where JSR could not be reached.
const config = existsSync(offline) ? offline : online;

testDelivery((name, fn) => Deno.test(`Logging on Deno: ${name}`, fn), [
  Deno.execPath(),
  ...["run", "-q", "-A", "--no-check", "--config", config.pathname],
  script.pathname,
]);
