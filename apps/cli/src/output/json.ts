import type { Sink } from '../io.ts';

/** One JSON document, indented, dates as ISO text. */
export async function writeJson(out: Sink, value: unknown): Promise<void> {
  await out.write(`${JSON.stringify(value ?? null, undefined, 2)}\n`);
}

/** A JSON array that is written while its entries come. */
export async function writeJsonArray(out: Sink, values: AsyncIterable<unknown>): Promise<void> {
  let before = '[\n';
  let isEmpty = true;
  for await (const value of values) {
    await out.write(`${before}  ${JSON.stringify(value)}`);
    before = ',\n';
    isEmpty = false;
  }
  await out.write(isEmpty ? '[]\n' : '\n]\n');
}
