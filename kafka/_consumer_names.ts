// Copyright 2026 the HuleEdu authors. MIT license.

/** Who consumes, as far as it has a name. */
export interface ConsumerIdentity {
  readonly groupId?: string | undefined;
  readonly clientId?: string | undefined;
}

/** What every span and metric of a consumer says. */
export function consumerNames(
  { groupId }: ConsumerIdentity,
  topic: string,
): Record<string, string | undefined> {
  return {
    "messaging.system": "kafka",
    "messaging.destination.name": topic,
    "messaging.consumer.group.name": groupId,
  };
}
