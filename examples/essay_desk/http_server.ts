// Copyright 2026 the HuleEdu authors. MIT license.

import { contextFromHeaders, withContext } from "@huleedu/service-libs/events";
import type { Logger } from "@huleedu/service-libs/protocols";

const HOSTNAME = "127.0.0.1";
const CORRELATION_HEADER = "X-Correlation-ID";
const LOOPBACK = new Set([HOSTNAME, "localhost", "[::1]"]);

/** A request cannot be answered as asked; the client is told why. */
export class HttpError extends Error {
  /** The status of the response. */
  readonly status: number;

  /**
   * @param status The status of the response.
   * @param message What the client is told.
   */
  constructor(status: number, message: string) {
    super(message);
    this.name = "HttpError";
    this.status = status;
  }
}

/** Another program listens on the port. */
export class PortInUseError extends Error {
  /**
   * @param port The port.
   * @param options The cause.
   */
  constructor(port: number, options: ErrorOptions) {
    super(
      `Port ${port} on ${HOSTNAME} is in use: choose another one with PORT`,
      options,
    );
    this.name = "PortInUseError";
  }
}

/** Answers a request. The correlation id is that of the request's context. */
export type RouteHandler = (
  request: Request,
  correlationId: string,
) => Response | Promise<Response>;

/** Handlers by method and path, for example `POST /essays`. */
export type Routes = Readonly<Record<string, RouteHandler>>;

/** What an {@linkcode HttpServer} works with. */
export interface HttpServerOptions {
  /** The port; 0 is one that is free. */
  readonly port: number;
  /** What is served. */
  readonly routes: Routes;
  /** Where failures are logged. */
  readonly logger: Logger;
}

/**
 * Serves routes on loopback. Each request runs in the context that its headers
 * give: a correlation id from `X-Correlation-ID`, else a new one, and the trace of
 * `traceparent`. The response tells the correlation id.
 */
export class HttpServer implements AsyncDisposable {
  readonly #options: HttpServerOptions;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /**
   * Listens at once.
   *
   * @param options Port, routes and logger.
   * @throws {PortInUseError} If another program listens on the port.
   */
  constructor(options: HttpServerOptions) {
    this.#options = options;
    const { port } = options;
    try {
      this.#server = Deno.serve(
        { hostname: HOSTNAME, port, onListen: () => {} },
        (request) => this.#respond(request),
      );
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
      throw new PortInUseError(port, { cause: error });
    }
  }

  /** Where the server is, without a slash at the end. */
  get url(): string {
    return `http://${HOSTNAME}:${this.#server.addr.port}`;
  }

  async #respond(request: Request): Promise<Response> {
    const fields = contextFromHeaders(request.headers);
    const correlationId = String(fields.correlationId);
    const response = await withContext(
      fields,
      () => this.#answer(request, correlationId),
    );
    // The response to an upgrade cannot be changed.
    if (response.status !== 101) {
      response.headers.set(CORRELATION_HEADER, correlationId);
      response.headers.set("X-Content-Type-Options", "nosniff");
    }
    return response;
  }

  async #answer(request: Request, correlationId: string): Promise<Response> {
    try {
      const handler = this.#find(request);
      return await handler(request, correlationId);
    } catch (error) {
      if (error instanceof HttpError) {
        return Response.json({ error: error.message }, {
          status: error.status,
        });
      }
      const { method } = request;
      this.#options.logger.error("Request failed", {
        method,
        path: new URL(request.url).pathname,
        error,
      });
      const message =
        `Something went wrong; the logs tell more of ${correlationId}`;
      return Response.json({ error: message }, { status: 500 });
    }
  }

  #find(request: Request): RouteHandler {
    const { pathname, hostname } = new URL(request.url);
    const origin = request.headers.get("Origin");
    // Pages of other sites must reach nothing here, by whatever name they have
    // given to this address.
    if (!LOOPBACK.has(hostname) || (origin !== null && !isLoopback(origin))) {
      throw new HttpError(403, "This server is for pages of this machine only");
    }
    const { routes } = this.#options;
    const name = `${request.method} ${pathname}`;
    if (Object.hasOwn(routes, name)) return routes[name]!;
    const isKnown = Object.keys(routes).some((each) =>
      each.endsWith(` ${pathname}`)
    );
    throw isKnown
      ? new HttpError(405, `${pathname} does not take ${request.method}`)
      : new HttpError(404, `There is nothing at ${pathname}`);
  }

  /** Answers what has been asked, and listens no more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function isLoopback(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK.has(new URL(origin).hostname);
}
