import { encodePieces, MasterObjectList } from '@nacre/model';
import { interleaved, milliseconds } from '../interleaved.ts';
import { jobList } from '../job-list.ts';
import type { Bench, Finding, Measure } from '../measure.ts';

export const encodeList: Measure = {
  name: 'encode-list',
  number: 3,
  about:
    'A `MasterObjectList` from values into bytes, in pieces of 64 Ki characters of which none is kept, warm, beside ' +
    '`JSON.stringify` of the same values into bytes.',
  run: measureEncoding,
};

async function* measureEncoding(bench: Bench): AsyncGenerator<Finding> {
  const objects = bench.size(100_000);
  const list = jobList(objects);
  const first: number[] = [];
  const write = (repeat: number) => {
    const began = performance.now();
    return milliseconds(async () => {
      let written = 0;
      for (const piece of encodePieces(MasterObjectList, list)) {
        if (written === 0 && repeat >= 0) first.push(performance.now() - began);
        written += Buffer.from(piece).length;
      }
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
