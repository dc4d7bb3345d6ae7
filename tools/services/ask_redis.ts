// Copyright 2026 the HuleEdu authors. MIT license.

const END = "+PONG\r\n";

/** Sends one command, and returns the answer as it stands on the wire. */
export async function askRedis(
  port: number,
  ...words: string[]
): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const request = words.map((word) => JSON.stringify(word)).join(" ");
  // The answer has come when the next one has.
  await connection.write(new TextEncoder().encode(`${request}\r\nPING\r\n`));
  const buffer = new Uint8Array(64 * 1024);
  const decoder = new TextDecoder();
  for (let answer = "";;) {
    const length = await connection.read(buffer);
    if (length === null) return answer;
    answer += decoder.decode(buffer.subarray(0, length), { stream: true });
    if (answer.endsWith(END)) return answer.slice(0, -END.length);
  }
}
