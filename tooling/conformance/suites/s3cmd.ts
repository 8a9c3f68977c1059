import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Case,
  type Command,
  command,
  makeFile,
  makeTree,
  oddNames,
  readTree,
  refuses,
  runCases,
  treeOf,
} from '../cases.ts';
import { preparePython, pythonProgram } from '../python.ts';
import type { Bench, Suite } from '../suite.ts';

const mebibyte = 2 ** 20;

/** s3cmd, signing with version 4 and with version 2. */
export const s3cmd: Suite = {
  name: 's3cmd',
  about: 's3cmd, signatures 4 and 2: put, get, sync, multipart, ranges, metadata, odd names',
  settings: { NACRE_EXISTING_OBJECTS: 'replace' },
  prepare: (signal) => preparePython('s3cmd', signal),
  async run(bench) {
    const cases = ['v4', 'v2'].flatMap((signature) => casesOf(bench, signature));
    return runCases(cases, bench.signal);
  },
};

function casesOf(bench: Bench, signature: string): Case[] {
  const s3cmd = s3cmdCommand(bench, signature);
  const bucket = `s3://s3cmd-${signature}`;
  const at = (name: string) => join(bench.folder, signature, name);
  const name = (what: string) => `${signature}: ${what}`;
  const keys = async (prefix: string) =>
    (await s3cmd('ls', '--recursive', `${bucket}/${prefix}`))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.slice(line.indexOf(bucket) + bucket.length + 1));
  return [
    {
      name: name('a bucket is made, listed, and not made twice'),
      async run() {
        await s3cmd('mb', bucket);
        ok((await s3cmd('ls')).includes(bucket));
        await refuses(s3cmd('mb', bucket), /BucketAlready|409/);
      },
    },
    {
      name: name('a file comes back as it was'),
      async run() {
        const content = makeFile(at('small.bin'), 70_000);
        await s3cmd('put', at('small.bin'), `${bucket}/one/small.bin`);
        await s3cmd('get', `${bucket}/one/small.bin`, at('small.back'));
        deepEqual(readFileSync(at('small.back')), content);
      },
    },
    {
      name: name('an empty file is a file'),
      async run() {
        makeFile(at('empty'), 0);
        await s3cmd('put', at('empty'), `${bucket}/one/empty`);
        await s3cmd('get', `${bucket}/one/empty`, at('empty.back'));
        equal(readFileSync(at('empty.back')).length, 0);
      },
    },
    {
      name: name('metadata is told again'),
      async run() {
        const header = ['--add-header', 'x-amz-meta-reel:four', '--add-header', 'x-amz-meta-Take:12'];
        await s3cmd('put', ...header, at('small.bin'), `${bucket}/one/meta.bin`);
        const said = await s3cmd('info', `${bucket}/one/meta.bin`);
        match(said, /x-amz-meta-reel:\s+four/i);
        match(said, /x-amz-meta-take:\s+12/i);
      },
    },
    {
      name: name('50 MiB go up in parts and come back'),
      async run() {
        const content = makeFile(at('large.bin'), 50 * mebibyte);
        await s3cmd('put', '--multipart-chunk-size-mb=8', at('large.bin'), `${bucket}/large/large.bin`);
        await s3cmd('get', `${bucket}/large/large.bin`, at('large.back'));
        ok(readFileSync(at('large.back')).equals(content));
      },
    },
    {
      name: name('an upload in parts is listed and given up'),
      async run() {
        equal((await s3cmd('multipart', bucket)).split('\n').filter((line) => line.includes('large.bin')).length, 0);
      },
    },
    {
      name: name('a download that was broken off goes on'),
      async run() {
        const content = readFileSync(at('small.bin'));
        writeFileSync(at('half.back'), content.subarray(0, 30_000));
        await s3cmd('get', '--continue', `${bucket}/one/small.bin`, at('half.back'));
        deepEqual(readFileSync(at('half.back')), content);
      },
    },
    {
      name: name('names of every kind go up and come back'),
      async run() {
        makeTree(at('odd'), oddNames);
        await s3cmd('sync', `${at('odd')}/`, `${bucket}/odd/`);
        await s3cmd('sync', `${bucket}/odd/`, `${at('odd.back')}/`);
        deepEqual(readTree(at('odd.back')), treeOf(oddNames));
      },
    },
    {
      name: name('a folder is kept the same: files are added and go'),
      async run() {
        const names = ['a', 'b/c', 'b/d/e', 'b/d/f'];
        makeTree(at('tree'), names);
        await s3cmd('sync', `${at('tree')}/`, `${bucket}/tree/`);
        makeTree(at('tree2'), [...names.slice(1), 'g']);
        await s3cmd('sync', '--delete-removed', `${at('tree2')}/`, `${bucket}/tree/`);
        deepEqual(await keys('tree/'), ['tree/b/c', 'tree/b/d/e', 'tree/b/d/f', 'tree/g']);
      },
    },
    {
      name: name('a listing is by folders, and sizes are summed up'),
      async run() {
        const listed = await s3cmd('ls', `${bucket}/tree/`);
        deepEqual(
          listed
            .trim()
            .split('\n')
            .map((line) => line.trim().split(/\s+/).at(-1)),
          [`${bucket}/tree/b/`, `${bucket}/tree/g`],
        );
        match(await s3cmd('du', `${bucket}/tree/`), /^\s*\d+\s+4 objects/);
      },
    },
    {
      name: name('a changed file is sent again'),
      async run() {
        writeFileSync(at('changed.txt'), 'first');
        await s3cmd('put', at('changed.txt'), `${bucket}/changed/a b.txt`);
        writeFileSync(at('changed.txt'), 'second');
        await s3cmd('put', at('changed.txt'), `${bucket}/changed/a b.txt`);
        equal(await s3cmd('get', `${bucket}/changed/a b.txt`, '-'), 'second');
      },
    },
    {
      name: name('a file is copied and moved on the server, with its metadata'),
      async run() {
        await s3cmd('cp', `${bucket}/one/meta.bin`, `${bucket}/copies/a+b.bin`);
        await s3cmd('mv', `${bucket}/copies/a+b.bin`, `${bucket}/copies/moved.bin`);
        deepEqual(await keys('copies/'), ['copies/moved.bin']);
        match(await s3cmd('info', `${bucket}/copies/moved.bin`), /x-amz-meta-reel:\s+four/i);
      },
    },
    {
      name: name('a file goes, many files go at once'),
      async run() {
        await s3cmd('del', `${bucket}/one/empty`);
        deepEqual(await keys('one/'), ['one/meta.bin', 'one/small.bin']);
        await s3cmd('del', '--recursive', '--force', bucket);
        deepEqual(await keys(''), []);
      },
    },
    {
      name: name('the bucket goes'),
      async run() {
        await s3cmd('rb', bucket);
        ok(!(await s3cmd('ls')).includes(bucket));
      },
    },
  ];
}

function s3cmdCommand(bench: Bench, signature: string): Command {
  const { endpoint, accessKey, secretKey } = bench.server;
  const host = new URL(endpoint).host;
  const config = join(bench.folder, `s3cmd-${signature}.cfg`);
  const settings = {
    access_key: accessKey,
    secret_key: secretKey,
    host_base: host,
    host_bucket: host,
    use_https: false,
    signature_v2: signature === 'v2',
    max_retries: 1,
    send_chunk: 65_536,
    recv_chunk: 65_536,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
  writeFileSync(config, ['[default]', ...lines, ''].join('\n'));
  const run = command(pythonProgram('s3cmd'), bench, {});
  return (...args) => run('--config', config, '--no-progress', ...args);
}
