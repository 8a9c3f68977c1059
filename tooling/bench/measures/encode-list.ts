import { encodePieces, MasterObjectList } from '@nacre/model';
import { type ListResult, runList } from '../drivers/list.ts';
import { interleaved, milliseconds } from '../interleaved.ts';
import { documentOf, jobList } from '../job-list.ts';
import type { Bench, Finding, Measure } from '../measure.ts';
import { noMemoryTold } from '../memory.ts';

export const encodeList: Measure = {
  name: 'encode-list',
  number: 3,
  about:
    'A `MasterObjectList` from values into bytes, in pieces of 64 Ki characters of which none is kept: each is written ' +
    'over the one before. Warm, beside `JSON.stringify` of the same values into bytes. Then in a process of its own with a heap ' +
    'of 44 MB and values that are made as they are written: when the first piece is there, how long the event loop is late at ' +
    'most, and the most memory that is held (`VmHWM`), beside that of a process that writes 10,000.',
  run: measureEncoding,
};

/** Of a piece. */
const mostBytes = 256 * 1024;

async function* measureEncoding(bench: Bench): AsyncGenerator<Finding> {
  const objects = bench.size(100_000);
  const list = jobList(objects);
  const expected = documentOf(list).length;
  const piece = Buffer.alloc(mostBytes);
  const write = () =>
    milliseconds(async () => {
      let written = 0;
      for (const text of encodePieces(MasterObjectList, list)) written += piece.write(text);
      if (written !== expected) throw new Error(`${written} of ${expected} bytes were written`);
    });
  const { ours, native } = await interleaved(
    bench,
    { ours: write, native: () => milliseconds(async () => Buffer.from(JSON.stringify(list))) },
    { warmUps: 10 },
  );
  const other = { name: 'JSON.stringify', samples: native };
  yield { name: `${objects} objects`, unit: 'ms', ours, other, goal: { atMost: 0.8 } };
  yield* measureProcess(bench);
}

async function* measureProcess(bench: Bench): AsyncGenerator<Finding> {
  const [few, many] = [bench.size(10_000), bench.size(500_000)];
  const small: ListResult[] = [];
  const large: ListResult[] = [];
  for (let repeat = 0; repeat < bench.repeats; repeat++) {
    small.push(await runList(bench, few));
    large.push(await runList(bench, many));
  }
  const firsts = (of: readonly ListResult[]) => of.map(({ firstMilliseconds = Number.NaN }) => firstMilliseconds);
  yield { name: `the first piece of ${few}`, unit: 'ms', ours: firsts(small), goal: { atMost: 10 } };
  yield { name: `the first piece of ${many}`, unit: 'ms', ours: firsts(large), goal: { atMost: 10 } };
  const late = large.map(({ longestBlockMilliseconds }) => longestBlockMilliseconds);
  yield { name: `event loop late at most, ${many}`, unit: 'ms', ours: late, goal: { atMost: 20 } };
  const megabytes = (of: readonly ListResult[]) => of.flatMap((result) => result.megabytes ?? []);
  if (megabytes(large).length === 0) {
    yield { missing: 'memory', why: noMemoryTold };
    return;
  }
  const other = { name: `of ${few}`, samples: megabytes(small) };
  yield { name: `memory, ${many} objects`, unit: 'MB', ours: megabytes(large), other, goal: { atMost: 1.2 } };
}
