// Copyright 2026 the HuleEdu authors. MIT license.

import { ServiceError } from "./service_error.ts";

const REDIS_HELP = "Install it (Debian: apt-get install redis-server; macOS: " +
  "brew install redis), or name a running Redis in REDIS_URL.";
const CHROMIUMS = ["chromium", "chromium-browser", "google-chrome"];
const KAFKA_HELP = "or name a running Kafka in KAFKA_BOOTSTRAP_SERVERS.";

/**
 * Finds `redis-server`, installing Debian's where we may.
 *
 * @throws {ServiceError} If there is none.
 */
export async function requireRedis(
  onProgress?: (message: string) => void,
): Promise<string> {
  if (await answers("redis-server", "--version")) return "redis-server";
  if (await mayInstall()) {
    onProgress?.("Installing Debian's redis-server …");
    await aptInstall("redis-server");
    return "redis-server";
  }
  throw new ServiceError(`redis-server is missing. ${REDIS_HELP}`);
}

/**
 * Finds a Java that can run Kafka.
 *
 * @throws {ServiceError} If there is none.
 */
export async function requireJava(): Promise<string> {
  const home = Deno.env.get("JAVA_HOME");
  const java = home ? `${home}/bin/java` : "java";
  const version = await answers(java, "-version");
  const major = Number(/version "(\d+)/.exec(version ?? "")?.[1]);
  if (major >= 17) return java;
  const found = version === undefined
    ? `Java is missing (${java})`
    : `${java} is Java ${major}`;
  throw new ServiceError(
    `${found}, and Kafka needs Java 17 or later. Install it (Debian: apt-get ` +
      `install openjdk-17-jre-headless), ${KAFKA_HELP}`,
  );
}

/**
 * Finds Maven.
 *
 * @throws {ServiceError} If there is none.
 */
export async function requireMaven(): Promise<string> {
  if (await answers("mvn", "--version") !== undefined) return "mvn";
  throw new ServiceError(
    `Maven (mvn) is missing, which downloads Kafka. Install it (Debian: ` +
      `apt-get install maven), ${KAFKA_HELP}`,
  );
}

/**
 * Finds a Chromium, installing Debian's where we may.
 *
 * @throws {ServiceError} If there is none.
 */
export async function requireChromium(
  onProgress?: (message: string) => void,
): Promise<string> {
  const named = Deno.env.get("CHROMIUM_PATH");
  const names = named ? [named] : CHROMIUMS;
  for (const name of names) {
    if (await answers(name, "--version")) return await pathOf(name);
  }
  if (!named && await mayInstall()) {
    onProgress?.("Installing Debian's chromium …");
    await aptInstall("chromium");
    return await pathOf("chromium");
  }
  throw new ServiceError(
    `Chromium is missing (${names.join(", ")}). Install it (Debian: apt-get ` +
      `install chromium), or name one in CHROMIUM_PATH.`,
  );
}

async function mayInstall(): Promise<boolean> {
  return Deno.uid() === 0 &&
    await answers("apt-get", "--version") !== undefined;
}

/** The whole path of a program on the PATH. */
async function pathOf(program: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", 'command -v "$0"', program],
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

/**
 * Installs a Debian package. Root only.
 *
 * @throws {ServiceError} If apt-get fails.
 */
async function aptInstall(name: string): Promise<void> {
  const lock = ["-o", "DPkg::Lock::Timeout=120"];
  await apt(["update", "-q"], name);
  await apt([...lock, "install", "-q", "-y", name], name);
}

async function apt(args: readonly string[], name: string): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("apt-get", {
    args: [...args],
    // Run level 1 keeps a package from starting its own service.
    env: { DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    stdin: "null",
  }).output();
  if (success) return;
  const said = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  throw new ServiceError(
    `"apt-get ${args.join(" ")}" failed, so ${name} could not be installed:\n` +
      said.trim().slice(-1_500),
  );
}

/** What a program says to a question, or `undefined` where there is none. */
async function answers(
  program: string,
  question: string,
): Promise<string | undefined> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [question],
      stdin: "null",
    }).output();
    if (!success) return undefined;
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
