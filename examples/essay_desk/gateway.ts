// Copyright 2026 the HuleEdu authors. MIT license.

import type {
  EventHandler,
  Logger,
  UserNotifier,
} from "@huleedu/service-libs/protocols";
import type { EssayAnalysed } from "./essay_analysed.ts";

/** The name of the service, in events and log lines, and of its group. */
export const GATEWAY = "essay_gateway";

/** What a gateway works with. */
export interface GatewayOptions {
  /** Tells users. */
  readonly notifier: UserNotifier;
  /** The service's logger. */
  readonly logger: Logger;
}

/**
 * Creates the handler that tells users of their results, on whichever process
 * their page is connected to.
 *
 * @param options Notifier and logger.
 * @returns The handler.
 */
export function createGateway(
  { notifier, logger }: GatewayOptions,
): EventHandler<EssayAnalysed> {
  return async ({ correlation_id, data }) => {
    const { essay_id, user_id } = data;
    const receivers = await notifier.publishUserNotification(
      user_id,
      "essay_analysed",
      { ...data, correlation_id },
    );
    const fields = { essay_id, user_id, receivers };
    if (receivers > 0) logger.info("User told", fields);
    else logger.warn("User has no page open", fields);
  };
}
