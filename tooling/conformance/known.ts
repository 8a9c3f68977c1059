/** A test that fails, and why it may: the client's own fault, or a difference that docs/compatibility.md explains. */
export interface KnownFailure {
  readonly suite: string;
  readonly test: string;
  /** Markdown, one sentence. */
  readonly reason: string;
}

export const knownFailures: readonly KnownFailure[] = [];
