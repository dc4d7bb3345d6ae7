// Copyright 2026 the HuleEdu authors. MIT license.

import {
  createServiceLogger,
  type LogHandler,
} from "@huleedu/service-libs/logging";
import type { EventConsumer, Logger } from "@huleedu/service-libs/protocols";
import { idempotent } from "@huleedu/service-libs/reliability";
import { ANALYSER, createAnalyser } from "./analyser.ts";
import type { Backbone, BackboneUse } from "./backbone.ts";
import { DESK, Desk } from "./desk.ts";
import { deskRoutes } from "./desk_routes.ts";
import { ESSAY_ANALYSED, essayAnalysedSchema } from "./essay_analysed.ts";
import { ESSAY_SUBMITTED, essaySubmittedSchema } from "./essay_submitted.ts";
import { createGateway, GATEWAY } from "./gateway.ts";
import { gatewayRoutes } from "./gateway_routes.ts";
import { HttpServer, type Routes } from "./http_server.ts";
import { Page } from "./page.ts";
import { UserSockets } from "./user_sockets.ts";

/** How long the events in hand may take at a stop. */
const STOP_TIMEOUT_MS = 10_000;

/** The services, each of which may run in a process of its own. */
export const SERVICES = ["desk", "analyser", "gateway"] as const;

/** One of the services. */
export type ServiceName = typeof SERVICES[number];

/** Options of {@linkcode startEssayDesk}. */
export interface EssayDeskOptions {
  /** What the services are on. */
  readonly backbone: Backbone;
  /** The port of desk and gateway on loopback; 0 is one that is free. */
  readonly port: number;
  /**
   * The services that run here.
   *
   * @default all of them
   */
  readonly services?: readonly ServiceName[];
  /** The WebSocket of the gateway, where another process has it. */
  readonly gatewayUrl?: string | undefined;
  /** What takes the log lines. To stdout by default. */
  readonly logHandlers?: readonly LogHandler[] | undefined;
}

/** The services as they run. Disposing stops them in order. */
export interface EssayDesk extends AsyncDisposable {
  /** Where the HTTP server is, if a service has one. */
  readonly url: string | undefined;
}

/** What a service adds to its process. */
interface Part {
  readonly logger: Logger;
  readonly routes?: Routes;
  readonly consumer?: EventConsumer;
  /** Disposed of first: nothing new is let in. */
  readonly door?: Disposable;
}

/**
 * The composition root: the one place that knows which class stands behind which
 * port, and the order in which all of it comes and goes.
 *
 * @param options What to run, and on what.
 * @returns The running services.
 * @throws {PortInUseError} If another program listens on the port.
 */
export async function startEssayDesk(
  options: EssayDeskOptions,
): Promise<EssayDesk> {
  const { services = SERVICES } = options;
  // What is opened goes on the stack, and is closed in reverse. Should a step
  // fail, all before it is closed here; `move()` at the end takes it out.
  await using stack = new AsyncDisposableStack();
  const parts: Part[] = [];
  for (const service of services) {
    parts.push(await COMPOSERS[service](options, stack));
  }
  const http = serve(parts, options.port, stack);
  await startConsumers(parts, stack);
  for (const { door } of parts) if (door) stack.use(door);

  const running = stack.move();
  return {
    url: http?.url,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const COMPOSERS: Readonly<
  Record<
    ServiceName,
    (options: EssayDeskOptions, stack: AsyncDisposableStack) => Promise<Part>
  >
> = {
  desk: composeDesk,
  analyser: composeAnalyser,
  gateway: composeGateway,
};

async function composeDesk(
  options: EssayDeskOptions,
  stack: AsyncDisposableStack,
): Promise<Part> {
  const use = useAs(DESK, options, stack);
  const publisher = await options.backbone.openPublisher(use);
  const desk = new Desk({ publisher, logger: use.logger });
  const page = await Page.load(options.gatewayUrl);
  return { logger: use.logger, routes: deskRoutes(desk, page), door: desk };
}

async function composeAnalyser(
  options: EssayDeskOptions,
  stack: AsyncDisposableStack,
): Promise<Part> {
  const { backbone } = options;
  const use = useAs(ANALYSER, options, stack);
  const { service: serviceName, logger } = use;
  const publisher = await backbone.openPublisher(use);
  const store = await backbone.openStore(use);
  const consumer = backbone.createConsumer(use, ESSAY_SUBMITTED);
  const analyse = createAnalyser({ publisher, logger });
  consumer.on(
    ESSAY_SUBMITTED,
    essaySubmittedSchema,
    idempotent(analyse, { store, serviceName }),
  );
  return { logger, consumer };
}

async function composeGateway(
  options: EssayDeskOptions,
  stack: AsyncDisposableStack,
): Promise<Part> {
  const { backbone } = options;
  const use = useAs(GATEWAY, options, stack);
  const { service: serviceName, logger } = use;
  const messages = await backbone.openMessages(use);
  const store = await backbone.openStore(use);
  const consumer = backbone.createConsumer(use, ESSAY_ANALYSED);
  const tell = createGateway({ notifier: messages, logger });
  consumer.on(
    ESSAY_ANALYSED,
    essayAnalysedSchema,
    idempotent(tell, { store, serviceName }),
  );
  const sockets = stack.use(new UserSockets({ messages, logger }));
  return { logger, routes: gatewayRoutes(sockets), consumer };
}

function useAs(
  service: string,
  { logHandlers: handlers }: EssayDeskOptions,
  stack: AsyncDisposableStack,
): BackboneUse {
  const logger = createServiceLogger(service, handlers ? { handlers } : {});
  return { stack, service, logger };
}

/** One server for the routes of all services that have some. */
function serve(
  parts: readonly Part[],
  port: number,
  stack: AsyncDisposableStack,
): HttpServer | undefined {
  const serving = parts.filter(({ routes }) => routes !== undefined);
  const [first] = serving;
  if (first === undefined) return undefined;
  const routes = Object.assign({}, ...serving.map(({ routes }) => routes));
  return stack.use(new HttpServer({ port, routes, logger: first.logger }));
}

/** Starts them side by side; they stop in turn, the analyser first. */
async function startConsumers(
  parts: readonly Part[],
  stack: AsyncDisposableStack,
): Promise<void> {
  const consumers = parts.map(({ consumer }) => consumer)
    .filter((consumer) => consumer !== undefined);
  for (const consumer of consumers.toReversed()) {
    stack.defer(async () => {
      await consumer.stop({ timeoutMs: STOP_TIMEOUT_MS });
    });
  }
  await Promise.all(consumers.map((consumer) => consumer.start()));
}
