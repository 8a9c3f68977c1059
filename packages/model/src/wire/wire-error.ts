/** A document that cannot be read: not well-formed, over a limit, or not what its descriptor says. */
export class WireError extends Error {
  /** Where: a path such as `Objects/Object[3]/@Size`, or `line 4, column 12`. */
  readonly place: string;

  constructor(place: string, problem: string, options?: ErrorOptions) {
    super(`${problem} at ${place}`, options);
    this.name = 'WireError';
    this.place = place;
  }
}
