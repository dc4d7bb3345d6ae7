// Copyright 2026 the HuleEdu authors. MIT license.

/**
 * What a validator has to offer: the Standard Schema interface, version 1, as
 * Zod, Valibot, ArkType and others implement it. Types only, so that any of
 * them fits and none is needed.
 *
 * Source: the Standard Schema specification, `StandardSchemaV1`.
 *
 * @typeParam Output The type of a valid value.
 */
export interface StandardSchema<Output = unknown> {
  /** The properties that the specification keeps under this name. */
  readonly "~standard": {
    /** The version of the interface. */
    readonly version: 1;
    /** The name of the library. */
    readonly vendor: string;
    /** Checks a value. */
    readonly validate: (
      value: unknown,
    ) =>
      | StandardSchemaResult<Output>
      | Promise<StandardSchemaResult<Output>>;
    /** The inferred types; absent at run time. */
    readonly types?:
      | { readonly input: unknown; readonly output: Output }
      | undefined;
  };
}

/** A valid value, or what is wrong with it. */
export type StandardSchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardSchemaIssue[] };

/** One thing that is wrong with a value. */
export interface StandardSchemaIssue {
  /** What is wrong. */
  readonly message: string;
  /** Where: keys and indices from the root. */
  readonly path?:
    | ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>
    | undefined;
}
