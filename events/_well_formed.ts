// Copyright 2026 the HuleEdu authors. MIT license.

/** `String` of ECMAScript 2024, which is newer than the types of some builds. */
interface WellFormed {
  isWellFormed(): boolean;
}

/** Whether the text has no lone surrogate, so that UTF-8 can hold it. */
export function isWellFormed(text: string): boolean {
  return (text as unknown as WellFormed).isWellFormed();
}
