import { decodeBatches, MasterObjectList } from '@nacre/model';
import { interleaved, milliseconds } from '../interleaved.ts';
import { documentOf, jobList } from '../job-list.ts';
import type { Bench, Finding, Measure } from '../measure.ts';

export const streamList: Measure = {
  name: 'stream-list',
  number: 2,
  about:
    'A `MasterObjectList` from pieces of 64 KiB into batches of checked objects, each seen once and none kept, warm, beside ' +
    '`JSON.parse` of the same data as JSON.',
  run: measureStreaming,
};

async function* measureStreaming(bench: Bench): AsyncGenerator<Finding> {
  const objects = bench.size(100_000);
  const list = jobList(objects);
  const xml = documentOf(list);
  const json = Buffer.from(JSON.stringify(list));
  const { ours, native } = await interleaved(
    bench,
    {
      ours: () => milliseconds(() => readAll(xml, objects)),
      native: () => milliseconds(async () => JSON.parse(json.toString())),
    },
    { warmUps: 10 },
  );
  const other = { name: 'JSON.parse', samples: native };
  yield { name: `${objects} objects`, unit: 'ms', ours, other, goal: { atMost: 0.6 } };
}

async function readAll(xml: Uint8Array, expected: number): Promise<void> {
  let seen = 0;
  const growing = { list: 'objects', within: 'objects' } as const;
  for await (const { entries } of decodeBatches(MasterObjectList, growing, piecesOf(xml))) {
    for (const chunk of entries) seen += chunk.objects.length;
  }
  if (seen !== expected) throw new Error(`${seen} of ${expected} objects were read`);
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const pieceLength = 64 * 1024;
  for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
}
