/** The wall clock, passed in so that a test or a scenario can stand still. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}
