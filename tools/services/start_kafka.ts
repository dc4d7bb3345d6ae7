// Copyright 2026 the HuleEdu authors. MIT license.

import { coordinatesGroups } from "./_kafka_probe.ts";
import { fetchKafka } from "./_kafka_jars.ts";
import { kafkaProperties } from "./_kafka_properties.ts";
import { freePort, requireFreePort } from "./_ports.ts";
import { requireJava } from "./_programs.ts";
import { NativeServer, type RunningServer } from "./native_server.ts";
import { ServiceError } from "./service_error.ts";

/** Options of {@linkcode startKafka}. */
export interface StartKafkaOptions {
  /** The port of the broker; a free one by default. */
  readonly port?: number;
  /** Broker properties on top of ours, such as `{ "num.partitions": "1" }`. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Users that may log in by SCRAM, with their passwords. */
  readonly scramUsers?: Readonly<Record<string, string>>;
  /** Called with what takes long, in words. */
  readonly onProgress?: (message: string) => void;
}

/** JVM options for a broker that starts fast and stays small. */
const JVM = [
  "-Xms128m",
  "-Xmx512m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-XX:-UsePerfData",
  "-Djava.net.preferIPv4Stack=true",
  "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];

/**
 * Starts a Kafka of our own on loopback, a single KRaft node, in a temporary
 * folder that goes with it. It is downloaded once.
 *
 * After a `SIGKILL` the broker comes back only when its old session has timed
 * out; a test that restarts it may lower `broker.session.timeout.ms`.
 *
 * @throws {ServiceError} If Java or Maven is missing, or it does not start.
 */
export async function startKafka(
  options: StartKafkaOptions = {},
): Promise<RunningServer> {
  const { properties = {}, scramUsers = {}, onProgress } = options;
  const port = options.port ?? freePort();
  requireFreePort(port, "Kafka");
  const java = await requireJava();
  const libraries = await fetchKafka(onProgress);
  const folder = await Deno.makeTempDir({ prefix: "service-libs-kafka-" });
  const file = `${folder}/server.properties`;
  const all = {
    ...kafkaProperties({ port, host: "127.0.0.1" }),
    "log.dirs": `${folder}/data`,
    ...properties,
  };
  await Deno.writeTextFile(
    file,
    Object.entries(all).map(([name, value]) => `${name}=${value}\n`).join(""),
  );
  const jvm = [java, ...JVM, "-cp", `${libraries}/*`];
  try {
    await format(jvm, file, scramUsers);
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
  return await NativeServer.start({
    service: "Kafka",
    command: [...jvm, "kafka.Kafka", file],
    port,
    folder,
    probe: () => coordinatesGroups(port),
    timeoutMs: 60_000,
  });
}

async function format(
  jvm: readonly string[],
  file: string,
  scramUsers: Readonly<Record<string, string>>,
): Promise<void> {
  const [java, ...args] = jvm;
  const users = Object.entries(scramUsers).flatMap(([name, password]) =>
    ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((mechanism) => [
      "--add-scram",
      `${mechanism}=[name=${name},password=${password}]`,
    ])
  );
  const { success, stdout, stderr } = await new Deno.Command(java!, {
    args: [
      ...args,
      "kafka.tools.StorageTool",
      ...["format", "-t", clusterId(), "-c", file, ...users],
    ],
    stdin: "null",
  }).output();
  if (success) return;
  const text = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  throw new ServiceError(`Kafka could not format its storage:\n${text.trim()}`);
}

/** 16 random bytes in URL-safe base 64, as Kafka writes its ids. */
function clusterId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // A leading dash would be read as an option.
  bytes[0]! &= 0x7f;
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
