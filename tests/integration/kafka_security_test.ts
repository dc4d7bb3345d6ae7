// Copyright 2026 the HuleEdu authors. MIT license.

import { assertEquals, assertRejects } from "@std/assert";

import { createEnvelope } from "../../events/mod.ts";
import {
  KafkaBus,
  KafkaConnectionError,
  type KafkaConnectionOptions,
  KafkaConsumer,
} from "../../kafka/mod.ts";
import { type RunningServer, startKafka } from "../../tools/services/mod.ts";

const PASSWORD = "correct-horse";
const KEYSTORE_PASSWORD = "keystore-secret";

interface SecureKafka extends AsyncDisposable {
  /** The certificate that the broker shows, PEM. */
  readonly ca: string;
  /** Takes logins over TLS. */
  readonly bootstrapServers: string;
}

Deno.test("KafkaBus and KafkaConsumer log in over TLS", async (t) => {
  await using kafka = await startSecureKafka();
  const { ca, bootstrapServers } = kafka;
  const secure = { clientId: "secure", bootstrapServers, ssl: { ca } };
  for (
    const mechanism of ["plain", "scram-sha-256", "scram-sha-512"] as const
  ) {
    await t.step(`with ${mechanism}`, async () => {
      const sasl = { mechanism, username: "alice", password: PASSWORD };
      await publishAndConsume({ ...secure, sasl });
    });
  }
  await t.step(
    "and say so when the password is wrong, without it",
    async () => {
      const sasl = {
        mechanism: "scram-sha-256",
        username: "alice",
        password: "battery-staple",
      } as const;
      const error = await assertRejects(
        () => KafkaBus.connect({ ...secure, sasl }),
        KafkaConnectionError,
        bootstrapServers,
      );
      assertEquals(error.message.includes("battery-staple"), false);
    },
  );
  await t.step(
    "and refuse a broker whose certificate nobody vouches for",
    async () => {
      const sasl = {
        mechanism: "plain",
        username: "alice",
        password: PASSWORD,
      };
      await assertRejects(
        () =>
          KafkaBus.connect({
            clientId: "secure",
            bootstrapServers,
            ssl: true,
            sasl,
            connectTimeoutMs: 500,
          } as KafkaConnectionOptions),
        KafkaConnectionError,
        bootstrapServers,
      );
    },
  );
});

async function publishAndConsume(
  server: KafkaConnectionOptions,
): Promise<void> {
  const topic = `huleedu.secure.${crypto.randomUUID()}.v1`;
  const event = createEnvelope({
    eventType: topic,
    sourceService: "t",
    data: { nth: 1 },
  });
  await using bus = await KafkaBus.connect(server);
  await using consumer = new KafkaConsumer({
    ...server,
    groupId: topic,
    topics: [topic],
    fromBeginning: true,
  });
  const handled = new Promise<string>((resolve) =>
    consumer.on(topic, ({ event_id }) => Promise.resolve(resolve(event_id)))
  );
  await consumer.start();
  await bus.publishEvent(topic, event);
  assertEquals(await handled, event.event_id);
}

/** A broker that takes logins over TLS, beside its plain listener. */
async function startSecureKafka(): Promise<SecureKafka> {
  const folder = await Deno.makeTempDir({ prefix: "service-libs-tls-" });
  const keystore = `${folder}/broker.p12`;
  const store = ["-keystore", keystore, "-storepass", KEYSTORE_PASSWORD];
  await keytool(
    ...["-genkeypair", "-alias", "broker", "-keyalg", "RSA"],
    ...["-dname", "CN=localhost", "-ext", "SAN=ip:127.0.0.1,dns:localhost"],
    ...["-storetype", "PKCS12", ...store],
  );
  const ca = await keytool("-exportcert", "-alias", "broker", "-rfc", ...store);
  const [plain, secure, controller] = [freePort(), freePort(), freePort()];
  const listener = "listener.name.secure";
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule";
  const login = "org.apache.kafka.common.security.plain.PlainLoginModule";
  const kafka: RunningServer = await startKafka({
    port: plain,
    scramUsers: { alice: PASSWORD },
    properties: {
      "controller.quorum.voters": `1@127.0.0.1:${controller}`,
      "listeners": `PLAINTEXT://127.0.0.1:${plain},` +
        `SECURE://127.0.0.1:${secure},CONTROLLER://127.0.0.1:${controller}`,
      "advertised.listeners": `PLAINTEXT://127.0.0.1:${plain},` +
        `SECURE://127.0.0.1:${secure}`,
      "listener.security.protocol.map":
        "PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,CONTROLLER:PLAINTEXT",
      "inter.broker.listener.name": "PLAINTEXT",
      [`${listener}.sasl.enabled.mechanisms`]:
        "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
      [`${listener}.plain.sasl.jaas.config`]:
        `${login} required user_alice="${PASSWORD}";`,
      [`${listener}.scram-sha-256.sasl.jaas.config`]: `${scram} required;`,
      [`${listener}.scram-sha-512.sasl.jaas.config`]: `${scram} required;`,
      "ssl.keystore.type": "PKCS12",
      "ssl.keystore.location": keystore,
      "ssl.keystore.password": KEYSTORE_PASSWORD,
      "ssl.key.password": KEYSTORE_PASSWORD,
    },
  });
  return {
    ca,
    bootstrapServers: `127.0.0.1:${secure}`,
    [Symbol.asyncDispose]: async () => {
      await kafka[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function keytool(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("keytool", {
    args,
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(
    `keytool failed: ${decoder.decode(stdout)}${decoder.decode(stderr)}`,
  );
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
