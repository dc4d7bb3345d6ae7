// Copyright 2026 the HuleEdu authors. MIT license.

/** A certificate that vouches for itself, and its key, PEM. */
export interface SelfSigned {
  readonly certificate: string;
  readonly key: string;
}

/** DER tags, X.690 and X.509. */
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const NULL = 0x05;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
/** The kinds of a subject's alternative name: a host, an address. */
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/** 1.2.840.113549.1.1.11, 2.5.4.3 and 2.5.29.17 */
const SHA256_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const COMMON_NAME = [0x55, 0x04, 0x03];
const SUBJECT_ALT_NAME = [0x55, 0x1d, 0x11];

const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: "SHA-256",
};

/** Makes a certificate for localhost and 127.0.0.1, valid from 2025 to 2049. */
export async function selfSigned(): Promise<SelfSigned> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(
    RSA,
    true,
    ["sign", "verify"],
  );
  const spki = await crypto.subtle.exportKey("spki", publicKey);
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", privateKey);
  const body = certificateBody(new Uint8Array(spki));
  const signature = await crypto.subtle.sign(RSA.name, privateKey, body);
  const certificate = der(
    SEQUENCE,
    body,
    signedWith(),
    der(BIT_STRING, [0], new Uint8Array(signature)),
  );
  return {
    certificate: pem("CERTIFICATE", certificate),
    key: pem("PRIVATE KEY", new Uint8Array(pkcs8)),
  };
}

/** RFC 5280, section 4.1: version 3, one extension. */
function certificateBody(publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, der(OBJECT_ID, COMMON_NAME), text("localhost"))),
  );
  const names = der(
    SEQUENCE,
    der(DNS_NAME, new TextEncoder().encode("localhost")),
    der(IP_ADDRESS, [127, 0, 0, 1]),
  );
  const serial = crypto.getRandomValues(new Uint8Array(8));
  return der(
    SEQUENCE,
    der(0xa0, der(INTEGER, [2])),
    der(INTEGER, [1, ...serial]),
    signedWith(),
    name,
    der(SEQUENCE, time("250101000000Z"), time("491231235959Z")),
    name,
    publicKey,
    der(
      0xa3,
      der(
        SEQUENCE,
        der(
          SEQUENCE,
          der(OBJECT_ID, SUBJECT_ALT_NAME),
          der(OCTET_STRING, names),
        ),
      ),
    ),
  );
}

function signedWith(): Uint8Array {
  return der(SEQUENCE, der(OBJECT_ID, SHA256_WITH_RSA), der(NULL));
}

function text(value: string): Uint8Array {
  return der(UTF8_STRING, new TextEncoder().encode(value));
}

function time(value: string): Uint8Array {
  return der(UTC_TIME, new TextEncoder().encode(value));
}

/** A value with its tag and its length. */
function der(
  tag: number,
  ...parts: ReadonlyArray<Iterable<number>>
): Uint8Array<ArrayBuffer> {
  const content = parts.flatMap((part) => [...part]);
  const { length } = content;
  if (length < 0x80) return Uint8Array.of(tag, length, ...content);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length];
  return Uint8Array.of(tag, ...size, ...content);
}

function pem(label: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""]
    .join("\n");
}
