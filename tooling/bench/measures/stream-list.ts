import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { encodePieces, MasterObjectList } from '@nacre/model';
import { runList } from '../drivers/list.ts';
import { interleaved, milliseconds } from '../interleaved.ts';
import { documentOf, growingJobList, jobList } from '../job-list.ts';
import { countObjects, pieceLength } from '../list-pieces.ts';
import type { Bench, Finding, Measure } from '../measure.ts';
import { noMemoryTold } from '../memory.ts';

export const streamList: Measure = {
  name: 'stream-list',
  number: 2,
  about:
    'A `MasterObjectList` from pieces of 64 KiB into batches of checked objects, each seen once and none kept, warm, beside ' +
    '`JSON.parse` of the same data as JSON. Memory is the most that a process with a heap of 44 MB has held (`VmHWM`) that reads one from a file and does nothing else.',
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
      ours: () => milliseconds(() => countObjects(piecesOf(xml), objects)),
      native: () => milliseconds(async () => JSON.parse(json.toString())),
    },
    { warmUps: 10 },
  );
  const other = { name: 'JSON.parse', samples: native };
  yield { name: `${objects} objects`, unit: 'ms', ours, other, goal: { atMost: 0.6 } };
  yield await measureMemory(bench);
}

async function measureMemory(bench: Bench): Promise<Finding> {
  const objects = bench.size(500_000);
  const file = join(bench.folder, 'list.xml');
  await pipeline(Readable.from(encodePieces(MasterObjectList, growingJobList(objects))), createWriteStream(file));
  const ours: number[] = [];
  for (let repeat = 0; repeat < bench.repeats; repeat++) {
    const { megabytes } = await runList(bench, objects, file);
    if (megabytes === undefined) return { missing: 'memory', why: noMemoryTold };
    ours.push(megabytes);
  }
  return { name: `memory, ${objects} objects`, unit: 'MB', ours, goal: { atMost: 200 } };
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
}
