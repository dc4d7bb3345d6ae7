// Copyright 2026 the HuleEdu authors. MIT license.

import { MAX_TEXT_LENGTH } from "./essay_submitted.ts";

const FILES = [
  ["/", "index.html", "text/html"],
  ["/style.css", "style.css", "text/css"],
  ["/app.js", "app.js", "text/javascript"],
  ["/card.js", "card.js", "text/javascript"],
  ["/line.js", "line.js", "text/javascript"],
  ["/results.js", "results.js", "text/javascript"],
] as const;

/** A file of the page. */
export interface PageFile {
  /** Where it is served. */
  readonly path: string;
  /** Its media type. */
  readonly type: string;
  /** Its text. */
  readonly text: string;
}

/** The page of the desk: a few static files, and a policy that lets nothing else in. */
export class Page {
  /** The files. */
  readonly files: readonly PageFile[];
  readonly #gatewayUrl: string | undefined;

  private constructor(
    files: readonly PageFile[],
    gatewayUrl: string | undefined,
  ) {
    this.files = files;
    this.#gatewayUrl = gatewayUrl;
  }

  /**
   * Reads the page.
   *
   * @param gatewayUrl The WebSocket of the gateway, where another process has it.
   * @returns The page.
   */
  static async load(gatewayUrl?: string): Promise<Page> {
    const files = await Promise.all(FILES.map(async ([path, name, type]) => {
      const url = new URL(`./page/${name}`, import.meta.url);
      return { path, type, text: await Deno.readTextFile(url) };
    }));
    return new Page(files, gatewayUrl);
  }

  /**
   * Answers with a file of the page.
   *
   * @param file The file.
   * @param request The request, which tells by what name the server was reached.
   * @returns The response.
   */
  respond(file: PageFile, request: Request): Response {
    const { host } = new URL(request.url);
    const gateway = this.#gatewayUrl ?? `ws://${host}/ws`;
    const policy = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self' ${new URL(gateway).origin}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ];
    const text = file.text
      .replace("{{gateway}}", gateway)
      .replace("{{maxTextLength}}", String(MAX_TEXT_LENGTH));
    return new Response(text, {
      headers: {
        "Content-Type": `${file.type}; charset=utf-8`,
        "Content-Security-Policy": policy.join("; "),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
      },
    });
  }
}
