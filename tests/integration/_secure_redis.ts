// Copyright 2026 the HuleEdu authors. MIT license.

import { type SelfSigned, selfSigned } from "../../tools/services/mod.ts";

/** A certificate with its files, and the arguments of a server that shows it. */
export interface ServerCertificate extends AsyncDisposable, SelfSigned {
  /** Writes another file beside it; where that is. */
  write(name: string, text: string): Promise<string>;
  /**
   * The arguments of a server.
   *
   * @param port The port that takes TLS.
   * @param clients `"yes"` wants a certificate of its clients, too.
   */
  args(port: number, clients?: "yes" | "no"): string[];
}

/** Makes a certificate in a folder that goes with it. */
export async function serverCertificate(): Promise<ServerCertificate> {
  const folder = await Deno.makeTempDir({ prefix: "service-libs-tls-" });
  const signed = await selfSigned();
  const write = async (name: string, text: string) => {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    return `${folder}/${name}`;
  };
  const certificate = await write("cert.pem", signed.certificate);
  const key = await write("key.pem", signed.key);
  return {
    ...signed,
    write,
    args: (port, clients = "no") => [
      ...["--tls-port", String(port), "--tls-auth-clients", clients],
      ...["--tls-cert-file", certificate, "--tls-key-file", key],
      ...["--tls-ca-cert-file", certificate],
    ],
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}
