// Copyright 2026 the HuleEdu authors. MIT license.

/** What is written down of a service that outlives the one who started it. */
export type ServiceRecord =
  & {
    /** `"Redis"` or `"Kafka"`. */
    readonly service: string;
    /** Its port on 127.0.0.1. */
    readonly port: number;
  }
  & (
    | {
      readonly kind: "process";
      /** The id of its process. */
      readonly pid: number;
      /** When that process started, so that no other is taken for it. */
      readonly startedAt: string;
      /** Its folder. */
      readonly folder: string;
    }
    | {
      readonly kind: "container";
      /** The id of its container. */
      readonly id: string;
    }
  );

/** A service that was started by us; disposing it removes it and its data. */
export interface Service extends AsyncDisposable {
  /** `"Redis"` or `"Kafka"`. */
  readonly service: string;
  /** Its port on 127.0.0.1. */
  readonly port: number;
  /** What to write down of it, to stop it by once it is released. */
  record(): Promise<ServiceRecord>;
  /** Lets it outlive us. */
  release(): Promise<void>;
}
