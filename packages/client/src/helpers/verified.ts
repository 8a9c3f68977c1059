import { type Checksum, hasher } from '../checksum.ts';
import { DataMismatchError } from '../errors.ts';

/**
 * Passes bytes on and compares them on the way with what is known of them. The error comes in place of the end, so
 * that whoever reads cannot take them for good.
 * Errors: `DataMismatchError`.
 */
export async function* verified(
  bytes: AsyncIterable<Uint8Array>,
  expected: { readonly length: number; readonly checksum: Checksum | undefined; readonly what: string },
): AsyncGenerator<Uint8Array> {
  const { length, checksum, what } = expected;
  const sum = checksum && hasher(checksum.type);
  let seen = 0;
  for await (const part of bytes) {
    seen += part.length;
    if (seen > length) throw new DataMismatchError(`${what}: more than the ${length} bytes it has`);
    sum?.update(part);
    yield part;
  }
  if (seen !== length) throw new DataMismatchError(`${what}: ${seen} bytes came where ${length} were expected`);
  const value = sum?.digest();
  if (value !== checksum?.value) {
    throw new DataMismatchError(
      `${what}: the data have the ${checksum?.type} checksum ${value}, not ${checksum?.value}`,
    );
  }
}
