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
