import { readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openBlobStore } from '../src/blobs/open.ts';
import {
  armFailpoints,
  enterFailpointScope,
  failpoint,
  failpointNow,
  InjectedFault,
  withFailpointScope,
} from '../src/failpoints.ts';
import { freshFolder, testDatabase } from '../src/testing/index.ts';

const arm = (rules: string) => armFailpoints({ NACRE_FAILPOINTS: rules });
afterEach(() => arm(''));

describe('rules', () => {
  test('nothing happens at a step unless it is armed', () => {
    expect(armFailpoints({})).toBeUndefined();
    expect(failpoint('disk.rename')).toBeUndefined();
    failpointNow('disk.rename');
  });

  test('are refused in production', () => {
    const env = { NACRE_FAILPOINTS: '*=error', NODE_ENV: 'production' };
    expect(() => armFailpoints(env)).toThrow('production');
    expect(failpoint('disk.rename')).toBeUndefined();
    expect(armFailpoints({ NODE_ENV: 'production' })).toBeUndefined();
  });

  test.for(['disk.rename', 'disk.rename=explode', '=kill', 'a#0=kill', 'a%=error', '*=trace'])('%s is none', (rule) => {
    expect(() => arm(rule)).toThrow(rule);
  });

  test('the step, its hit and its scope decide', async () => {
    arm('put/disk.rename#2=error:EIO');
    const inScope = async (scope: string) => {
      enterFailpointScope(scope);
      await failpoint('disk.rename');
      await failpoint('disk.remove');
      await failpoint('disk.rename');
    };
    await inScope('get');
    const failure = await inScope('put').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InjectedFault);
    expect(failure).toMatchObject({ code: 'EIO', message: expect.stringContaining('put/disk.rename') });
  });

  test('a share of the hits fails', async () => {
    arm('db.commit%20=error');
    const outcomes = await Promise.allSettled(Array.from({ length: 2000 }, () => failpoint('db.commit')));
    const failed = outcomes.filter(({ status }) => status === 'rejected').length;
    expect(failed).toBeGreaterThan(250);
    expect(failed).toBeLessThan(550);
  });

  test('work keeps the scope in which it was made', () => {
    arm('put/db.begin=error');
    let work = () => {};
    const make = async () => {
      enterFailpointScope('put');
      work = withFailpointScope(() => failpointNow('db.begin'));
    };
    const call = async () => {
      enterFailpointScope('get');
      work();
    };
    return expect(make().then(call)).rejects.toThrow('put/db.begin');
  });
});

test('rules in a file hold from when they are written', async () => {
  const file = join(await freshFolder(), 'rules');
  writeFileSync(file, '');
  arm(`@${file}`);
  await failpoint('answer');
  await failpoint('answer');
  writeFileSync(file, 'answer#2=error');
  await failpoint('answer');
  await expect(failpoint('answer')).rejects.toThrow(InjectedFault);
});

test('a file of rules that is put in the place of another within the same tick of the clock is seen', async () => {
  const file = join(await freshFolder(), 'rules');
  const [first, second] = [`${file}.1`, `${file}.2`];
  const now = new Date();
  for (const [each, rules] of [
    [first, 'answer=error'],
    [second, ''],
  ] as const) {
    writeFileSync(each, rules);
    utimesSync(each, now, now);
  }
  renameSync(first, file);
  arm(`@${file}`);
  await expect(failpoint('answer')).rejects.toThrow(InjectedFault);
  renameSync(second, file);
  await failpoint('answer');
});

describe('steps', () => {
  test('of a blob that is put are every call of the disk, in the order that keeps it', async () => {
    const folder = await freshFolder();
    const file = join(folder, 'steps');
    arm(`*=trace:${file}`);
    const store = await openBlobStore(`file:${join(folder, 'blobs')}`);
    async function* bytes() {
      yield Buffer.alloc(1024 * 1024);
      yield Buffer.alloc(10);
    }
    const expected = { length: 1024 * 1024 + 10, checksums: [], compute: [] };
    await store.put('0199c0de-0000-7000-8000-000000000001', bytes(), expected);
    const steps = readFileSync(file, 'utf8').trim().split('\n');
    const ofPut = steps.slice(steps.indexOf('server/disk.create#1'));
    expect(ofPut.map((step) => step.replace(/^server\/disk\.(.+)#\d+$/, '$1'))).toEqual(
      expect.arrayContaining(['create', 'write', 'syncData', 'close', 'rename', 'syncFolder']),
    );
    const first = (step: string) => ofPut.findIndex((one) => one.includes(`disk.${step}#`));
    const inOrder = ['create', 'write', 'syncData', 'close', 'rename', 'syncFolder'].map(first);
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
  });

  test('of a transaction are its begin, its statements, before and after its COMMIT', async () => {
    const { tx, sql } = await testDatabase();
    const file = join(await freshFolder(), 'steps');
    arm(`*=trace:${file}`);
    await tx((inside) => inside.execute('select 1'));
    await sql`select 1`;
    expect(readFileSync(file, 'utf8').trim().split('\n')).toEqual([
      'server/db.begin#1',
      'server/db.statement#1',
      'server/db.commit#1',
      'server/db.committed#1',
      'server/db.statement#2',
    ]);
  });

  test('a COMMIT that cannot be serialized is done again', async () => {
    const { tx } = await testDatabase();
    arm('db.commit#1=error:40001');
    let times = 0;
    await tx(async () => {
      times += 1;
    });
    expect(times).toBe(2);
  });
});
