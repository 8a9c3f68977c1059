import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sequencesOf } from './commands.ts';
import { cancelJob, makePutJob, putNaked, receiveBlob } from './jobs.ts';
import { makePermanent } from './permanence.ts';
import { type Bucket, newSystem, type System, type Versioning } from './system.ts';
import { deleteKey, undelete } from './versions.ts';

const at = { bucket: 'b', key: 'k' };
const content = { size: 3, label: 'X' };

function systemWith(versioning: Versioning): { readonly system: System; readonly bucket: Bucket } {
  const system = newSystem();
  const bucket: Bucket = { name: 'b', versioning, names: new Map(), jobs: [] };
  system.buckets.set('b', bucket);
  return { system, bucket };
}

function latest({ names }: Bucket): (number | undefined)[] {
  return (names.get('k') ?? []).filter((version) => version.latest).map(({ number }) => number);
}

test('sequences are as long as they are asked to be, and the same for the same seed', () => {
  const some = () => fc.sample(sequencesOf(40), { seed: 7, numRuns: 5 }).map((sequence) => [...sequence].join('\n'));
  expect(some().map((text) => text.split('\n').length >= 40)).toEqual([true, true, true, true, true]);
  expect(some()).toEqual(some());
});

test('a deleted key stays deleted when its next version never becomes whole, and comes back when it is asked to', () => {
  const { system, bucket } = systemWith('KEEP_MULTIPLE_VERSIONS');
  putNaked(system, at, content, undefined);
  deleteKey(system, at);
  cancelJob(bucket, makePutJob(system, 'b', 'job', [{ key: 'k', size: 3 }]));
  expect(latest(bucket)).toEqual([]);
  undelete(system, at, undefined);
  expect(latest(bucket)).toEqual([1]);
});

test('a replaced version stays until its replacement is permanent', () => {
  const { system, bucket } = systemWith('KEEP_LATEST');
  putNaked(system, at, content, undefined);
  const job = makePutJob(system, 'b', 'job', [{ key: 'k', size: 11 }]);
  receiveBlob(system, { bucket, job, key: 'k', offset: 0 }, { size: 10, label: 'Y' }, undefined);
  makePermanent(system);
  expect(bucket.names.get('k')?.map(({ number }) => number)).toEqual([1, 2]);
  receiveBlob(system, { bucket, job, key: 'k', offset: 10 }, { size: 1, label: 'Y' }, undefined);
  expect(latest(bucket)).toEqual([2]);
  makePermanent(system);
  expect(bucket.names.get('k')?.map(({ number }) => number)).toEqual([2]);
  expect(job.status).toBe('COMPLETED');
});

test('a full disk refuses bytes, and nothing is there afterwards', () => {
  const { system, bucket } = systemWith('NONE');
  system.diskFull = true;
  expect(() => putNaked(system, at, content, undefined)).toThrow('SlowDown');
  expect(bucket.names.size + bucket.jobs.length).toBe(0);
  putNaked(system, at, { size: 0, label: 'X' }, undefined);
  expect(latest(bucket)).toEqual([1]);
});
