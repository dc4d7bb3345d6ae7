// Copyright 2026 the HuleEdu authors. MIT license.

import { HttpError, type Routes } from "./http_server.ts";
import { isUserId } from "./user_id.ts";
import type { UserSockets } from "./user_sockets.ts";

/**
 * What the gateway serves: a WebSocket at `/ws?user=…`. A real gateway takes the
 * user from a session that was signed in, never from the address.
 *
 * @param sockets The WebSockets.
 * @returns The routes.
 */
export function gatewayRoutes(sockets: UserSockets): Routes {
  return {
    "GET /ws": async (request) => {
      const user = new URL(request.url).searchParams.get("user")
        ?.normalize("NFC");
      if (!isUserId(user)) {
        throw new HttpError(
          400,
          "user must be 1 to 40 letters, digits, '.', '_' or '-'",
        );
      }
      if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket") {
        throw new HttpError(426, "There is a WebSocket here, and nothing else");
      }
      return await sockets.accept(request, user);
    },
  };
}
