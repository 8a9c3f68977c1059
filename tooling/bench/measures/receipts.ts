import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  type Database,
  inGroups,
  insertJob,
  insertJobRows,
  openDatabase,
  type Receipt,
  recordReceived,
} from '@nacre/store';
import { interleaved } from '../interleaved.ts';
import type { Bench, Finding, Measure } from '../measure.ts';

export const receipts: Measure = {
  name: 'receipts',
  number: 7,
  about:
    'What is written when a blob has been received: its row, the counters of its chunk, its object, its job. 64 blobs of one job are under way at a time, each acknowledged after its COMMIT, with `synchronous_commit` on; in groups, as the server does it, and beside it each in a transaction of its own.',
  run: measureReceipts,
};

const underWay = 64;

async function* measureReceipts(bench: Bench): AsyncGenerator<Finding> {
  const database = await openDatabase({ dataDir: join(bench.folder, 'data') });
  try {
    const grouped = (all: readonly Receipt[]) =>
      database.tx((tx) => recordReceived(tx, all, new Date())).then(() => all.map(() => undefined));
    const samples = await interleaved(
      bench,
      {
        grouped: () => perSecond(database, bench.size(20_000, 64), inGroups(grouped, { atMost: 500 })),
        alone: () => perSecond(database, bench.size(2_000, 64), (receipt) => grouped([receipt])),
      },
      { warmUps: 1 },
    );
    const other = {
      name: 'one blob a commit',
      settings: 'the same statements, 10 connections, synchronous_commit on',
      samples: samples.alone,
    };
    yield { name: 'blobs received', unit: '1/s', ours: samples.grouped, other, goal: { atLeast: 15 } };
  } finally {
    await database.close();
  }
}

async function perSecond(
  database: Database,
  count: number,
  record: (receipt: Receipt) => Promise<unknown>,
): Promise<number> {
  const waiting = await makeJob(database, count);
  const began = performance.now();
  await Promise.all(
    Array.from({ length: underWay }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await record(next);
    }),
  );
  return (count / (performance.now() - began)) * 1000;
}

/** The rows of a PUT job of small objects. Answers what will be recorded of them. */
async function makeJob({ tx }: Database, count: number): Promise<Receipt[]> {
  const [jobId, bucketId, userId, nodeId, chunkId] = [0, 0, 0, 0, 0].map(() => randomUUID()) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const newId = timeOrderedIds();
  const size = 4096;
  const made = Array.from({ length: count }, (_, i) => ({ objectId: newId(), blobId: newId(), entryId: newId(), i }));
  const rows = {
    objects: made.map(({ objectId: id, i }) => {
      return { id, name: `object-${i}`, type: 'DATA' as const, size, version: 1, latest: true };
    }),
    blobs: made.map(({ objectId, blobId: id }) => ({ id, objectId, byteOffset: 0, length: size })),
    chunks: [{ id: chunkId, number: 0, blobs: count, size: count * size, nodeId, cachedBlobs: 0, cachedSize: 0 }],
    entries: made.map(({ entryId: id, blobId, i }) => ({ id, chunkId, blobId, orderIndex: i + 1 })),
  };
  const createdAt = new Date();
  await tx(async (work) => {
    await insertJobRows(work, { jobId, bucketId, chunksBefore: 0 }, [rows]);
    await insertJob(work, {
      id: jobId,
      bucketId,
      userId,
      name: 'bench',
      requestType: 'PUT',
      priority: 'NORMAL',
      status: 'IN_PROGRESS',
      chunkOrder: 'IN_ORDER',
      createdAt,
      touchedAt: createdAt,
      originalSize: count * size,
    });
  });
  const checksum = createHash('md5').update(jobId).digest('base64');
  return made.map(({ objectId, blobId }) => ({
    blobId,
    objectId,
    chunkId,
    jobId,
    nodeId,
    checksumType: 'MD5',
    checksum,
    crc32: 'AAAAAA==',
    metadata: undefined,
    systemMetadata: undefined,
  }));
}

/** UUIDs of version 7, as the server makes them: new rows land at the end of their indexes. */
function timeOrderedIds(): () => string {
  let last = Date.now() * 4096;
  return () => {
    last += 1;
    const time = Math.floor(last / 4096)
      .toString(16)
      .padStart(12, '0');
    const count = (last % 4096).toString(16).padStart(3, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count}${randomUUID().slice(18)}`;
  };
}
