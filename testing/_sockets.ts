// Copyright 2026 the HuleEdu authors. MIT license.

import type { Socket } from "node:net";

/** Resets a connection. */
export function resetSocket(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}

/** Ends a connection, without waiting for what the other side does. */
export function endSocket(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting || socket.writableLength > 0) socket.destroy();
  else socket.end(() => socket.destroy());
}
