// Copyright 2026 the HuleEdu authors. MIT license.

// The one place that knows how OpenTelemetry measures. Without an SDK there is
// one comparison to be made, and nothing is created.

import {
  type Counter,
  createNoopMeter,
  type Histogram,
  type Meter,
  type MeterProvider,
  metrics,
  type ObservableResult,
} from "@opentelemetry/api";

import { defined } from "./_defined.ts";
import {
  type CounterName,
  COUNTERS,
  type DurationName,
  DURATIONS,
  type GaugeName,
  GAUGES,
} from "./_instruments.ts";
import { INSTRUMENTATION } from "./instrumentation.ts";

/** What is said of a measurement. What is `undefined` is left out. */
export type MetricAttributes = Readonly<
  Record<string, string | number | boolean | undefined>
>;

/** The values of a gauge now, each with what is said of it. */
export type Reading = Iterable<
  readonly [value: number, attributes: MetricAttributes]
>;

/** Seconds, as OpenTelemetry's conventions for durations have them. */
const BOUNDARIES = [
  0.005,
  0.01,
  0.025,
  0.05,
  0.075,
  0.1,
  0.25,
  0.5,
  0.75,
  1,
  2.5,
  5,
  7.5,
  10,
];

/** Somebody whose state is measured, as long as there is such a somebody. */
interface Observed {
  readonly name: GaugeName;
  readonly read: () => Reading | undefined;
}

const observed = new Set<Observed>();
const forgotten = new FinalizationRegistry<Observed>((entry) =>
  observed.delete(entry)
);

let knownProvider: MeterProvider | undefined;
let knownInstruments: Instruments | undefined;

/** Whether anybody measures. An SDK may be registered at any time. */
export function isMetering(): boolean {
  return instruments() !== undefined;
}

/** Adds to a counter. */
export function count(
  name: CounterName,
  attributes: MetricAttributes,
  value = 1,
): void {
  instruments()?.counter(name).add(value, defined(attributes));
}

/** Takes the note of how long something took, in milliseconds. */
export function measure(
  name: DurationName,
  ms: number,
  attributes: MetricAttributes,
): void {
  instruments()?.duration(name).record(ms / 1_000, defined(attributes));
}

/**
 * Has something looked at whenever somebody collects, until it is given up or
 * nobody else holds its owner.
 *
 * @param name The gauge.
 * @param owner What is looked at. It is not kept alive.
 * @param read Reads it; must not hold the owner itself.
 * @returns Ends it.
 */
export function observe<Owner extends object>(
  name: GaugeName,
  owner: Owner,
  read: (owner: Owner) => Reading,
): () => void {
  const held = new WeakRef(owner);
  const entry: Observed = {
    name,
    read: () => {
      const found = held.deref();
      return found && read(found);
    },
  };
  observed.add(entry);
  forgotten.register(owner, entry, entry);
  instruments();
  return () => {
    observed.delete(entry);
    forgotten.unregister(entry);
  };
}

function instruments(): Instruments | undefined {
  const provider = metrics.getMeterProvider();
  if (provider === knownProvider) return knownInstruments;
  knownProvider = provider;
  const meter = provider.getMeter(INSTRUMENTATION);
  knownInstruments = meter === createNoopMeter()
    ? undefined
    : new Instruments(meter);
  return knownInstruments;
}

/** The instruments of one SDK. */
class Instruments {
  readonly #meter: Meter;
  readonly #counters = new Map<CounterName, Counter>();
  readonly #durations = new Map<DurationName, Histogram>();

  constructor(meter: Meter) {
    this.#meter = meter;
    for (const name of Object.keys(GAUGES) as GaugeName[]) {
      meter.createObservableGauge(name, GAUGES[name])
        .addCallback((result) => report(name, result));
    }
  }

  counter(name: CounterName): Counter {
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      counter = this.#meter.createCounter(name, COUNTERS[name]);
      this.#counters.set(name, counter);
    }
    return counter;
  }

  duration(name: DurationName): Histogram {
    let duration = this.#durations.get(name);
    if (duration === undefined) {
      duration = this.#meter.createHistogram(name, {
        ...DURATIONS[name],
        advice: { explicitBucketBoundaries: BOUNDARIES },
      });
      this.#durations.set(name, duration);
    }
    return duration;
  }
}

function report(name: GaugeName, result: ObservableResult): void {
  for (const entry of observed) {
    if (entry.name !== name) continue;
    for (const [value, attributes] of entry.read() ?? []) {
      result.observe(value, defined(attributes));
    }
  }
}
