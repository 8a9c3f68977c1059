import type { FileSystemCalls } from '@nacre/store/blobs';
import { expect, test } from 'vitest';
import { randomFrom } from '../random.ts';
import { runScenario } from './scenario.ts';
import { createSimulatedDisk, type SimulatedDisk } from './simulated-disk.ts';

async function written(disk: SimulatedDisk, path: string, text: string): Promise<number> {
  const file = await disk.calls.create(path);
  await disk.calls.write(file, [Buffer.from(text)]);
  return file;
}

/** Everything that a name may be after a cut, as text; `nothing` when it may be gone. */
async function outcomes(disk: SimulatedDisk, path: string): Promise<string[]> {
  const seen = new Set<string>();
  const random = randomFrom(1);
  for (let cut = 0; cut < 60; cut++) seen.add(await textAt(disk.cut(random).calls, path));
  return [...seen].sort();
}

async function textAt(calls: FileSystemCalls, path: string): Promise<string> {
  try {
    const file = await calls.open(path);
    const text = Buffer.alloc(100);
    return text.subarray(0, await calls.read(file, text, 0)).toString();
  } catch {
    return 'nothing';
  }
}

test('bytes and names that were not synced may be there, in part or not at all', async () => {
  const disk = createSimulatedDisk();
  await written(disk, '/a', 'ab');
  expect(await outcomes(disk, '/a')).toEqual(['', '\0', '\0\0', 'a', 'ab', 'nothing']);
});

test('a synced file under a name that was not synced is whole or not there', async () => {
  const disk = createSimulatedDisk();
  await disk.calls.syncData(await written(disk, '/a', 'ab'));
  expect(await outcomes(disk, '/a')).toEqual(['ab', 'nothing']);
});

test('what was synced, file and folder, is there', async () => {
  const disk = createSimulatedDisk();
  await disk.calls.syncData(await written(disk, '/a', 'ab'));
  await disk.calls.syncFolder('/');
  expect(await outcomes(disk, '/a')).toEqual(['ab']);
});

test('a renamed file may have either name, both or none, until both folders were synced', async () => {
  const disk = createSimulatedDisk();
  await disk.calls.makeFolder('/to');
  await disk.calls.syncData(await written(disk, '/a', 'ab'));
  await disk.calls.syncFolder('/');
  await disk.calls.rename('/a', '/to/b');
  expect(await outcomes(disk, '/a')).toEqual(['ab', 'nothing']);
  expect(await outcomes(disk, '/to/b')).toEqual(['ab', 'nothing']);
  await disk.calls.syncFolder('/to');
  expect(await outcomes(disk, '/to/b')).toEqual(['ab']);
});

test('what a failed sync did not write, later ones do not write either', async () => {
  const disk = createSimulatedDisk();
  const file = await written(disk, '/a', 'ab');
  await disk.calls.syncFolder('/');
  disk.failWhen((name) => name === 'syncData', 'EIO');
  await expect(disk.calls.syncData(file)).rejects.toThrow('EIO');
  disk.failWhen(() => false, 'EIO');
  await disk.calls.syncData(file);
  expect(await outcomes(disk, '/a')).toEqual(['', '\0', '\0\0', 'a', 'ab']);
});

test('a store that recovers on any state of the disk has every blob that it acknowledged', async () => {
  let states = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const { states: some, wrong } = await runScenario(seed, 2);
    states += some;
    expect(wrong).toEqual([]);
  }
  expect(states).toBeGreaterThan(500);
});

test.each(['syncData', 'syncFolder'] as const)('a store that leaves out %s is found out', async (name) => {
  const leaveOut = (disk: SimulatedDisk) => ({ ...disk, calls: { ...disk.calls, [name]: async () => {} } });
  let wrong = 0;
  for (let seed = 1; seed <= 12; seed++) wrong += (await runScenario(seed, 2, leaveOut)).wrong.length;
  expect(wrong).toBeGreaterThan(0);
});
