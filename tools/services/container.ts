// Copyright 2026 the HuleEdu authors. MIT license.

import { Guard } from "./_guard.ts";
import { waitUntilReady } from "./_ready.ts";
import type { Service, ServiceRecord } from "./service.ts";
import { ServiceError } from "./service_error.ts";

/** How a container is run. */
export interface ContainerOptions {
  /** `"Redis"` or `"Kafka"`. */
  readonly service: string;
  /** The image, with its tag. */
  readonly image: string;
  /** The command in the container; the image's own by default. */
  readonly command?: readonly string[];
  /** Environment variables of the container. */
  readonly env?: Readonly<Record<string, string>>;
  /** The port on 127.0.0.1. */
  readonly port: number;
  /** The port in the container. */
  readonly innerPort: number;
  /** Asks the server whether it is ready; a throw means not yet. */
  readonly probe: () => Promise<boolean>;
}

/** A server as a container of the Docker engine. */
export class Container implements Service {
  readonly service: string;
  readonly port: number;
  #id: string;
  #guard: Guard;

  constructor(service: string, port: number, id: string) {
    this.service = service;
    this.port = port;
    this.#id = id;
    this.#guard = new Guard(["docker", "rm", "-f", "-v", id]);
  }

  /**
   * Starts a container and waits until it is ready.
   *
   * @throws {ServiceError} If it cannot be started; none is left then.
   */
  static async start(options: ContainerOptions): Promise<Container> {
    const { service, port, probe } = options;
    const id = (await docker(runArguments(options))).trim();
    const container = new Container(service, port, id);
    try {
      await waitUntilReady({
        service,
        probe,
        hasEnded: async () => !await isContainerRunning(id),
        readLog: () => docker(["logs", "--tail", "20", id]),
        timeoutMs: 90_000,
      });
    } catch (error) {
      await container[Symbol.asyncDispose]();
      throw error;
    }
    return container;
  }

  record(): Promise<ServiceRecord> {
    const { service, port } = this;
    return Promise.resolve({ kind: "container", service, port, id: this.#id });
  }

  async release(): Promise<void> {
    await this.#guard[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeContainer(this.#id);
    await this.#guard[Symbol.asyncDispose]();
  }
}

/** Whether a Docker engine of this machine answers. */
export async function hasDockerEngine(): Promise<boolean> {
  // An engine elsewhere publishes its ports on a loopback that is not ours.
  if (/^(tcp|ssh):/.test(Deno.env.get("DOCKER_HOST") ?? "")) return false;
  // The client alone proves nothing: it is the server's version we ask for.
  const info = ["version", "--format", "{{.Server.Version}}"];
  return await docker(info).then(() => true, () => false);
}

/** Whether a container still runs. */
export async function isContainerRunning(id: string): Promise<boolean> {
  const inspect = ["inspect", "--format", "{{.State.Running}}", id];
  return await docker(inspect).then(
    (out) => out.trim() === "true",
    () => false,
  );
}

/** Removes a container and its volumes, running or not. */
export async function removeContainer(id: string): Promise<void> {
  await docker(["rm", "-f", "-v", id]);
}

function runArguments(options: ContainerOptions): string[] {
  const { image, command = [], env = {}, port, innerPort } = options;
  return [
    ...["run", "-d", "-p", `127.0.0.1:${port}:${innerPort}`],
    ...Object.entries(env).flatMap(([name, value]) => [
      "-e",
      `${name}=${value}`,
    ]),
    image,
    ...command,
  ];
}

async function docker(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("docker", {
    args: [...args],
    stdin: "null",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new ServiceError(
    `"docker ${args[0]}" failed: ${new TextDecoder().decode(stderr).trim()}`,
  );
}
