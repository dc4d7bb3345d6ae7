// Copyright 2026 the HuleEdu authors. MIT license.

/** Kafka's API keys, https://kafka.apache.org/protocol#protocol_api_keys */
const FIND_COORDINATOR = 10;
const DESCRIBE_GROUPS = 15;
const INIT_PRODUCER_ID = 22;

const GROUP = "ready";

/** No transactional id, one second: int16 -1, int32 1000. */
const PRODUCER = Uint8Array.of(0xff, 0xff, 0, 0, 0x03, 0xe8);

// Each of these answers with its error code, after a throttle time or a count.
// They are asked in the wire protocol's first versions, so that the tools need
// no client.

/**
 * Whether a broker does what a new one refuses at first ("coordinator
 * loading"): hand out producer ids and coordinate groups.
 */
export async function coordinatesGroups(port: number): Promise<boolean> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const group = text(GROUP);
  return await ask(connection, INIT_PRODUCER_ID, PRODUCER, 4) === 0 &&
    await ask(connection, FIND_COORDINATOR, group, 0) === 0 &&
    await ask(connection, DESCRIBE_GROUPS, array(group), 4) === 0;
}

/** Whether a broker takes part in its cluster. */
export async function handsOutProducerIds(port: number): Promise<boolean> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  return await ask(connection, INIT_PRODUCER_ID, PRODUCER, 4) === 0;
}

/** Sends a request of version 0 and reads the error code of the answer. */
async function ask(
  connection: Deno.Conn,
  apiKey: number,
  body: Uint8Array,
  errorAt: number,
): Promise<number> {
  const client = text("probe");
  const request = new Uint8Array(4 + 8 + client.length + body.length);
  const view = new DataView(request.buffer);
  view.setInt32(0, request.length - 4);
  view.setInt16(4, apiKey);
  request.set(client, 12);
  request.set(body, 12 + client.length);
  const writer = connection.writable.getWriter();
  await writer.write(request);
  writer.releaseLock();
  const size = await readExactly(connection, 4);
  const answer = await readExactly(connection, size.getInt32(0));
  return answer.getInt16(4 + errorAt);
}

async function readExactly(
  connection: Deno.Conn,
  length: number,
): Promise<DataView> {
  const bytes = new Uint8Array(length);
  for (let have = 0; have < length;) {
    const read = await connection.read(bytes.subarray(have));
    if (read === null) throw new Error("The broker closed the connection");
    have += read;
  }
  return new DataView(bytes.buffer);
}

/** A string of the protocol: int16 length, then UTF-8. */
function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return Uint8Array.of(bytes.length >> 8, bytes.length & 0xff, ...bytes);
}

/** An array of one item: int32 count, then the item. */
function array(item: Uint8Array): Uint8Array {
  return Uint8Array.of(0, 0, 0, 1, ...item);
}
