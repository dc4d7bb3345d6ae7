// Copyright 2026 the HuleEdu authors. MIT license.

import { homedir } from "node:os";
import { join } from "node:path";
import { requireMaven } from "./_programs.ts";
import { ServiceError } from "./service_error.ts";

/** The version of Kafka that is downloaded. */
export const KAFKA_VERSION = "4.1.0";

/** What a broker needs; the tools hold the one that formats its storage. */
const ARTIFACTS = [
  ["org.apache.kafka", "kafka_2.13", KAFKA_VERSION],
  ["org.apache.kafka", "kafka-tools", KAFKA_VERSION],
  ["org.slf4j", "slf4j-simple", "1.7.36"],
] as const;

/**
 * Downloads Kafka from Maven Central, unless it is in the cache already.
 *
 * @param onProgress Called now and then while it is downloaded.
 * @returns The folder of its jars.
 * @throws {ServiceError} If Maven is missing or fails.
 */
export async function fetchKafka(
  onProgress?: (message: string) => void,
): Promise<string> {
  const cache = join(
    Deno.env.get("XDG_CACHE_HOME") || join(homedir(), ".cache"),
    "huleedu-service-libs",
  );
  const folder = join(cache, `kafka-${KAFKA_VERSION}`);
  if (await exists(folder)) return folder;
  const maven = await requireMaven();
  await Deno.mkdir(cache, { recursive: true });
  // Renamed when complete, so that nobody ever sees a part of it.
  const part = await Deno.makeTempDir({ dir: cache, prefix: "kafka-part-" });
  try {
    await Deno.writeTextFile(join(part, "pom.xml"), pom());
    await download(maven, part, onProgress);
    await Deno.rename(join(part, "lib"), folder).catch(async (error) => {
      // Somebody else was faster.
      if (!await exists(folder)) throw error;
    });
  } finally {
    await Deno.remove(part, { recursive: true });
  }
  return folder;
}

async function download(
  maven: string,
  folder: string,
  onProgress?: (message: string) => void,
): Promise<void> {
  onProgress?.(`Downloading Kafka ${KAFKA_VERSION} with Maven, once (54 MB) …`);
  const child = new Deno.Command(maven, {
    args: [
      ...["-B", "-f", join(folder, "pom.xml")],
      "dependency:copy-dependencies",
      `-DoutputDirectory=${join(folder, "lib")}`,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output: string[] = [];
  let jars = 0;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output.push(text);
    const before = jars;
    jars += text.match(/Downloaded from .*\.jar /g)?.length ?? 0;
    if (Math.floor(jars / 25) > Math.floor(before / 25)) {
      onProgress?.(`… ${jars} files`);
    }
  }
  if ((await child.status).success) return;
  throw new ServiceError(
    `Maven could not download Kafka:\n${errorLines(output.join(""))}`,
  );
}

function errorLines(output: string): string {
  const lines = output.split("\n").filter((line) => line.includes("ERROR"));
  return lines.slice(0, 5).join("\n") || output.trim().slice(-1_500);
}

function pom(): string {
  const dependencies = ARTIFACTS.map(([group, artifact, version]) =>
    `<dependency><groupId>${group}</groupId>` +
    `<artifactId>${artifact}</artifactId>` +
    `<version>${version}</version></dependency>`
  );
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>kafka</artifactId><version>1</version>
<dependencies>${dependencies.join("\n")}</dependencies>
</project>
`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
