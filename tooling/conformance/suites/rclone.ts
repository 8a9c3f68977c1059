import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, runProgram } from '../../processes/program.ts';
import {
  type Case,
  type Command,
  command,
  makeFile,
  makeTree,
  oddNames,
  readTree,
  runCases,
  treeOf,
} from '../cases.ts';
import type { Bench, Suite } from '../suite.ts';
import { keepLatestVersions } from '../versioning.ts';

const mebibyte = 2 ** 20;

/** rclone, signing with version 4 and with version 2. */
export const rclone: Suite = {
  name: 'rclone',
  about: 'rclone, signatures 4 and 2: copy, sync, check, multipart, ranges, odd names',
  async prepare(signal) {
    if (findProgram('rclone') === undefined) return { missing: 'rclone is not on PATH' };
    const { stdout } = await runProgram('rclone', ['version'], { seconds: 30, signal });
    return { version: stdout.split('\n')[0]?.replace('rclone ', '') ?? '' };
  },
  async run(bench) {
    await keepLatestVersions(bench);
    const cases = ['v4', 'v2'].flatMap((signature) => casesOf(bench, signature));
    return runCases(cases, bench.signal);
  },
};

function casesOf(bench: Bench, signature: string): Case[] {
  const rclone = rcloneCommand(bench, signature);
  const bucket = `nacre:rclone-${signature}`;
  const local = join(bench.folder, signature);
  const at = (name: string) => join(local, name);
  const name = (what: string) => `${signature}: ${what}`;
  return [
    {
      name: name('a bucket is made and listed'),
      async run() {
        await rclone('mkdir', bucket);
        ok((await rclone('lsf', 'nacre:')).split('\n').includes(`rclone-${signature}/`));
      },
    },
    {
      name: name('a file comes back as it was, with its time'),
      async run() {
        const content = makeFile(at('small.bin'), 70_000);
        await rclone('copyto', at('small.bin'), `${bucket}/one/small.bin`);
        await rclone('copyto', `${bucket}/one/small.bin`, at('small.back'));
        deepEqual(readFileSync(at('small.back')), content);
        await rclone('check', '--one-way', local, `${bucket}/one`, '--include', 'small.bin');
        const [listed] = JSON.parse(await rclone('lsjson', '--hash', `${bucket}/one`));
        equal(listed.Size, 70_000);
        equal(listed.ModTime.slice(0, 10), new Date().toISOString().slice(0, 10));
      },
    },
    {
      name: name('an empty file is a file'),
      async run() {
        makeFile(at('empty'), 0);
        await rclone('copyto', at('empty'), `${bucket}/one/empty`);
        equal((await rclone('lsf', '--format', 'ps', `${bucket}/one`, '--include', 'empty')).trim(), 'empty;0');
      },
    },
    {
      name: name('50 MiB go up in parts and come back'),
      async run() {
        const content = makeFile(at('large.bin'), 50 * mebibyte);
        await rclone('copyto', at('large.bin'), `${bucket}/large/large.bin`);
        await rclone('copyto', `${bucket}/large/large.bin`, at('large.back'));
        ok(readFileSync(at('large.back')).equals(content));
      },
    },
    {
      name: name('a part of a file is read'),
      async run() {
        const path = `${bucket}/large/range.txt`;
        writeFileSync(at('range.txt'), '0123456789'.repeat(1000));
        await rclone('copyto', at('range.txt'), path);
        equal(await rclone('cat', '--offset', '5003', '--count', '4', path), '3456');
        equal(await rclone('cat', '--tail', '3', path), '789');
      },
    },
    {
      name: name('names of every kind go up and come back'),
      async run() {
        makeTree(at('odd'), oddNames);
        await rclone('copy', at('odd'), `${bucket}/odd`);
        await rclone('copy', `${bucket}/odd`, at('odd.back'));
        deepEqual(readTree(at('odd.back')), treeOf(oddNames));
      },
    },
    {
      name: name('a folder is kept the same: files are added and go'),
      async run() {
        const names = ['a', 'b/c', 'b/d/e', 'b/d/f'];
        makeTree(at('tree'), names);
        await rclone('sync', at('tree'), `${bucket}/tree`);
        makeTree(at('tree2'), [...names.slice(1), 'g']);
        await rclone('sync', '--checksum', at('tree2'), `${bucket}/tree`);
        await rclone('check', at('tree2'), `${bucket}/tree`);
        equal((await rclone('lsf', '-R', '--files-only', `${bucket}/tree`)).trim(), 'b/c\nb/d/e\nb/d/f\ng');
      },
    },
    {
      name: name('a changed file is sent again, and a file with another time is not'),
      async run() {
        const path = `${bucket}/changed/a.txt`;
        mkdirSync(at('changed'), { recursive: true });
        writeFileSync(at('changed/a.txt'), 'first');
        await rclone('sync', at('changed'), `${bucket}/changed`);
        writeFileSync(at('changed/a.txt'), 'second');
        await rclone('sync', at('changed'), `${bucket}/changed`);
        equal(await rclone('cat', path), 'second');
        utimesSync(at('changed/a.txt'), 1_000_000_000, 1_000_000_000);
        await rclone('sync', at('changed'), `${bucket}/changed`);
        const [listed] = JSON.parse(await rclone('lsjson', `${bucket}/changed`));
        equal(new Date(listed.ModTime).getTime(), 1_000_000_000_000);
      },
    },
    {
      name: name('a file is copied and moved on the server'),
      async run() {
        await rclone('copyto', `${bucket}/one/small.bin`, `${bucket}/copies/a b+c.bin`);
        await rclone('moveto', `${bucket}/copies/a b+c.bin`, `${bucket}/copies/moved.bin`);
        equal((await rclone('lsf', `${bucket}/copies`)).trim(), 'moved.bin');
        await rclone('copyto', `${bucket}/copies/moved.bin`, at('moved.back'));
        deepEqual(readFileSync(at('moved.back')), readFileSync(at('small.bin')));
      },
    },
    {
      name: name('1,100 files are listed whole'),
      async run() {
        const names = Array.from({ length: 1100 }, (_, index) => `file-${String(index).padStart(4, '0')}`);
        makeTree(at('many'), names);
        await rclone('copy', '--transfers', '8', at('many'), `${bucket}/many`);
        deepEqual((await rclone('lsf', `${bucket}/many`)).trim().split('\n'), names);
      },
    },
    {
      name: name('a file goes, a folder goes, the bucket goes'),
      async run() {
        await rclone('deletefile', `${bucket}/one/empty`);
        equal((await rclone('lsf', `${bucket}/one`)).trim(), 'small.bin');
        await rclone('purge', `${bucket}/many`);
        equal(await rclone('lsf', '-R', `${bucket}/many`), '');
        await rclone('purge', bucket);
        ok(!(await rclone('lsf', 'nacre:')).includes(`rclone-${signature}/`));
      },
    },
  ];
}

/** rclone takes its remote from the environment; it has no configuration of its own here. */
function rcloneCommand(bench: Bench, signature: string): Command {
  return command('rclone', bench, {
    RCLONE_CONFIG: join(bench.folder, 'no-rclone.conf'),
    RCLONE_CONFIG_NACRE_TYPE: 's3',
    RCLONE_CONFIG_NACRE_PROVIDER: 'Other',
    RCLONE_CONFIG_NACRE_ENDPOINT: bench.server.endpoint,
    RCLONE_CONFIG_NACRE_ACCESS_KEY_ID: bench.server.accessKey,
    RCLONE_CONFIG_NACRE_SECRET_ACCESS_KEY: bench.server.secretKey,
    RCLONE_CONFIG_NACRE_REGION: 'us-east-1',
    RCLONE_CONFIG_NACRE_V2_AUTH: String(signature === 'v2'),
    RCLONE_S3_UPLOAD_CUTOFF: '16Mi',
    RCLONE_S3_CHUNK_SIZE: '8Mi',
    RCLONE_LOW_LEVEL_RETRIES: '1',
    RCLONE_RETRIES: '1',
  });
}
