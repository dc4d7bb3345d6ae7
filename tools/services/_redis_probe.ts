// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * Whether a Redis answers a PING. An error such as "NOAUTH" is an answer too;
 * only "LOADING" is not.
 */
export async function answersPing(port: number): Promise<boolean> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode("PING\r\n"));
  const buffer = new Uint8Array(512);
  const length = await connection.read(buffer);
  const answer = new TextDecoder().decode(buffer.subarray(0, length ?? 0));
  return /^[+-]/.test(answer) && !answer.startsWith("-LOADING");
}

/** Sends one command, and returns the answer as it stands on the wire. */
export async function askRedis(
  port: number,
  ...words: string[]
): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = `${words.map((word) => JSON.stringify(word)).join(" ")}\r\n`;
  await connection.write(new TextEncoder().encode(`${request}QUIT\r\n`));
  let answer = "";
  const text = connection.readable.pipeThrough(new TextDecoderStream());
  for await (const part of text) answer += part;
  return answer.replace(/\+OK\r\n$/, "");
}
