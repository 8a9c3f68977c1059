/** What is listed, so many at a time; the last of them may be fewer. */
export function* batchesOf<T>(all: Iterable<T>, length: number): Generator<T[], void, undefined> {
  let batch: T[] = [];
  for (const one of all) {
    batch.push(one);
    if (batch.length < length) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
