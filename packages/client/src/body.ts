import type { ByteBody } from '@nacre/model';

/**
 * Bytes to send. A function is called for each attempt, so that a lost connection can be made good; a plain
 * `ByteBody` can be sent once only.
 */
export type UploadBody = ByteBody | Uint8Array | string | (() => ByteBody);

/** A body ready to be sent. */
export interface Sendable {
  readonly length: number;
  /** Whether it can be sent (again). */
  canOpen(): boolean;
  /** The bytes; to be called once for each attempt. */
  open(): Uint8Array | AsyncIterable<Uint8Array>;
}

/** Errors: `TypeError` when the length is not known, which DS3 needs. */
export function sendable(body: UploadBody): Sendable {
  if (typeof body === 'string') return sendable(Buffer.from(body, 'utf8'));
  if (body instanceof Uint8Array) return { length: body.length, canOpen: () => true, open: () => body };
  if (typeof body === 'function') {
    let next: ByteBody | undefined = body();
    const length = knownLength(next);
    return {
      length,
      canOpen: () => true,
      open() {
        const now = next ?? body();
        next = undefined;
        return exactly(now.bytes, length);
      },
    };
  }
  let opened = false;
  const length = knownLength(body);
  return {
    length,
    canOpen: () => !opened,
    open() {
      opened = true;
      return exactly(body.bytes, length);
    },
  };
}

function knownLength({ length }: ByteBody): number {
  if (length === undefined) throw new TypeError('a body of unknown length cannot be sent');
  return length;
}

/** Passes bytes on; throws when they are not as many as announced. */
async function* exactly(bytes: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for await (const part of bytes) {
    seen += part.length;
    if (seen > length) break;
    yield part;
  }
  if (seen !== length) {
    throw new TypeError(
      seen > length ? `the body is longer than ${length} bytes` : `the body ended after ${seen} of ${length} bytes`,
    );
  }
}

/** Gives up a body that will not be read to its end, and the connection it comes on. */
export async function cancel(body: ByteBody): Promise<void> {
  await body.bytes[Symbol.asyncIterator]().return?.();
}
