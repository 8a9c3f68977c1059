/** The bytes in pieces of these lengths, and the rest. */
export async function* cut(source: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const length of lengths) {
    yield source.subarray(at, at + length);
    at += length;
  }
  yield source.subarray(at);
}
