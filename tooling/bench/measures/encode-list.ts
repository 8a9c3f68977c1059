import { encodePieces, MasterObjectList } from '@nacre/model';
import { interleaved, milliseconds } from '../interleaved.ts';
import { documentOf, jobList } from '../job-list.ts';
import type { Bench, Finding, Measure } from '../measure.ts';

export const encodeList: Measure = {
  name: 'encode-list',
  number: 3,
  about:
    'A `MasterObjectList` from values into bytes, in pieces of 64 Ki characters of which none is kept: each is written ' +
    'over the one before. Warm, beside `JSON.stringify` of the same values into bytes.',
  run: measureEncoding,
};

/** Of a piece. */
const mostBytes = 256 * 1024;

async function* measureEncoding(bench: Bench): AsyncGenerator<Finding> {
  const objects = bench.size(100_000);
  const list = jobList(objects);
  const expected = documentOf(list).length;
  const first: number[] = [];
  const piece = Buffer.alloc(mostBytes);
  const write = (repeat: number) => {
    const began = performance.now();
    return milliseconds(async () => {
      let written = 0;
      for (const text of encodePieces(MasterObjectList, list)) {
        if (written === 0 && repeat >= 0) first.push(performance.now() - began);
        written += piece.write(text);
      }
      if (written !== expected) throw new Error(`${written} of ${expected} bytes were written`);
    });
  };
  const { ours, native } = await interleaved(
    bench,
    { ours: write, native: () => milliseconds(async () => Buffer.from(JSON.stringify(list))) },
    { warmUps: 10 },
  );
  const other = { name: 'JSON.stringify', samples: native };
  yield { name: `${objects} objects`, unit: 'ms', ours, other, goal: { atMost: 0.8 } };
  yield { name: `the first piece of ${objects} objects`, unit: 'ms', ours: first, goal: { atMost: 10 } };
}
