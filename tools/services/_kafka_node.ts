// Copyright 2026 the HuleEdu authors. MIT license.

import { fetchKafka } from "./_kafka_jars.ts";
import { requireJava } from "./_programs.ts";
import { NativeServer } from "./native_server.ts";
import { ServiceError } from "./service_error.ts";

/** How a node is run. */
export interface KafkaNodeOptions {
  /** The port of its broker. */
  readonly port: number;
  /** Shared by the nodes of a cluster. */
  readonly clusterId: string;
  /** Its properties, all but `log.dirs`. */
  readonly properties: Readonly<Record<string, string>>;
  /** Users that log in by SCRAM, with their passwords. */
  readonly scramUsers?: Readonly<Record<string, string>>;
  /** Asks it whether it is ready; a throw means not yet. */
  readonly probe: () => Promise<boolean>;
  /** Called with what takes long, in words. */
  readonly onProgress?: ((message: string) => void) | undefined;
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
 * Starts a KRaft node in a temporary folder that goes with it.
 *
 * @throws {ServiceError} If Java or Maven is missing, or it does not start.
 */
export async function startKafkaNode(
  options: KafkaNodeOptions,
): Promise<NativeServer> {
  const { port, probe, onProgress } = options;
  const java = await requireJava();
  const libraries = await fetchKafka(onProgress);
  const folder = await Deno.makeTempDir({ prefix: "service-libs-kafka-" });
  const file = `${folder}/server.properties`;
  const all = { ...options.properties, "log.dirs": `${folder}/data` };
  await Deno.writeTextFile(
    file,
    Object.entries(all).map(([name, value]) => `${name}=${value}\n`).join(""),
  );
  const jvm = [java, ...JVM, "-cp", `${libraries}/*`];
  try {
    await format(jvm, file, options);
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
  return await NativeServer.start({
    service: "Kafka",
    command: [...jvm, "kafka.Kafka", file],
    port,
    folder,
    probe,
    timeoutMs: 60_000,
  });
}

/** 16 random bytes in URL-safe base 64, as Kafka writes its ids. */
export function newClusterId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // A leading dash would be read as an option.
  bytes[0]! &= 0x7f;
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

async function format(
  jvm: readonly string[],
  file: string,
  { clusterId, scramUsers = {} }: KafkaNodeOptions,
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
      ...["format", "-t", clusterId, "-c", file, ...users],
    ],
    stdin: "null",
  }).output();
  if (success) return;
  const text = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  throw new ServiceError(`Kafka could not format its storage:\n${text.trim()}`);
}
