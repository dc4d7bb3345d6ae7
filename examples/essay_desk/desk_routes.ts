// Copyright 2026 the HuleEdu authors. MIT license.

import { type Desk, DeskClosedError, SubmissionError } from "./desk.ts";
import { HttpError, type Routes } from "./http_server.ts";
import type { Page } from "./page.ts";

/** JSON may write one character of a text as six bytes. */
const MAX_BODY_BYTES = 512 * 1024;

/**
 * What the desk serves: the page at `/` with its files, and `POST /essays`.
 *
 * @param desk Takes the essays.
 * @param page The page.
 * @returns The routes.
 */
export function deskRoutes(desk: Desk, page: Page): Routes {
  return {
    ...Object.fromEntries(
      page.files.map((file) => [
        `GET ${file.path}`,
        (request: Request) => page.respond(file, request),
      ]),
    ),
    "POST /essays": async (request, correlation_id) => {
      const submission = await readJson(request);
      try {
        const { event_id, data } = await desk.submit(submission);
        const { essay_id } = data;
        return Response.json({ essay_id, event_id, correlation_id }, {
          status: 202,
        });
      } catch (error) {
        if (error instanceof SubmissionError) {
          throw new HttpError(400, error.message);
        }
        if (error instanceof DeskClosedError) {
          throw new HttpError(503, error.message);
        }
        throw error;
      }
    },
  };
}

async function readJson(request: Request): Promise<unknown> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) {
      throw new HttpError(
        413,
        `A body must not exceed ${MAX_BODY_BYTES} bytes`,
      );
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(await new Blob(chunks).text());
  } catch {
    throw new HttpError(400, "The body must be JSON");
  }
}
