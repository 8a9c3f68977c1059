import { deepEqual, equal, ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
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

/** The AWS command line; it adds checksums of its own and sends signed or checked chunks where it can. */
export const awsCli: Suite = {
  name: 'aws-cli',
  about:
    'The AWS command line: cp, sync, rm, presigned addresses, `s3api` with checksums, versions 1 and 2 of listings',
  settings: { NACRE_EXISTING_OBJECTS: 'replace' },
  prepare: (signal) => preparePython('awscli', signal),
  run: (bench) => runCases(casesOf(bench), bench.signal),
};

function casesOf(bench: Bench): Case[] {
  const aws = awsCommand(bench);
  const api = async (...args: readonly string[]) => {
    const said = await aws('s3api', ...args, '--output', 'json');
    return said.trim() === '' ? {} : JSON.parse(said);
  };
  const name = 'aws-cli';
  const bucket = `s3://${name}`;
  const at = (file: string) => join(bench.folder, file);
  return [
    {
      name: 'a bucket is made, listed, and not made twice',
      async run() {
        await aws('s3', 'mb', bucket);
        ok((await aws('s3', 'ls')).includes(name));
        await api('head-bucket', '--bucket', name);
        await refuses(aws('s3', 'mb', bucket), /BucketAlready/);
      },
    },
    {
      name: 'a file comes back as it was',
      async run() {
        const content = makeFile(at('small.bin'), 70_000);
        await aws('s3', 'cp', at('small.bin'), `${bucket}/one/small.bin`);
        await aws('s3', 'cp', `${bucket}/one/small.bin`, at('small.back'));
        deepEqual(readFileSync(at('small.back')), content);
      },
    },
    {
      name: 'a file is sent from a pipe and read into one',
      async run() {
        await aws('s3api', 'put-object', '--bucket', name, '--key', 'one/text', '--body', textFile(at('text')));
        equal(await aws('s3', 'cp', `${bucket}/one/text`, '-'), 'a line of text\n');
      },
    },
    {
      name: '50 MiB go up in parts and come back in parts',
      async run() {
        const content = makeFile(at('large.bin'), 50 * mebibyte);
        await aws('s3', 'cp', at('large.bin'), `${bucket}/large/large.bin`);
        await aws('s3', 'cp', `${bucket}/large/large.bin`, at('large.back'));
        ok(readFileSync(at('large.back')).equals(content));
        equal((await api('head-object', '--bucket', name, '--key', 'large/large.bin')).ContentLength, 50 * mebibyte);
      },
    },
    {
      name: 'an upload in parts is begun, listed and given up',
      async run() {
        const object = ['--bucket', name, '--key', 'parts'];
        const { UploadId: upload } = await api('create-multipart-upload', ...object);
        makeFile(at('part'), 5 * mebibyte);
        const part = ['--part-number', '1', '--upload-id', upload, '--body', at('part')];
        const { ETag: tag } = await api('upload-part', ...object, ...part);
        const { Parts: parts } = await api('list-parts', ...object, '--upload-id', upload);
        deepEqual(
          parts.map((each: Record<string, unknown>) => [each.PartNumber, each.ETag, each.Size]),
          [[1, tag, 5 * mebibyte]],
        );
        const { Uploads: uploads } = await api('list-multipart-uploads', '--bucket', name);
        deepEqual(
          uploads.map((each: Record<string, unknown>) => [each.Key, each.UploadId]),
          [['parts', upload]],
        );
        await api('abort-multipart-upload', ...object, '--upload-id', upload);
        equal((await api('list-multipart-uploads', '--bucket', name)).Uploads, undefined);
      },
    },
    {
      name: 'metadata and type are told again',
      async run() {
        const object = ['--bucket', name, '--key', 'one/meta'];
        const given = ['--metadata', 'reel=four,take=12', '--content-type', 'video/quicktime'];
        await api('put-object', ...object, '--body', at('small.bin'), ...given);
        const head = await api('head-object', ...object);
        deepEqual(head.Metadata, { reel: 'four', take: '12' });
        equal(head.ContentLength, 70_000);
        equal(head.ETag, `"${md5(readFileSync(at('small.bin')))}"`);
      },
    },
    {
      name: 'checksums of every kind are checked',
      async run() {
        for (const kind of ['CRC32', 'CRC32C', 'SHA1', 'SHA256', 'CRC64NVME']) {
          const object = ['--bucket', name, '--key', `one/checked-${kind}`];
          await api('put-object', ...object, '--body', at('small.bin'), '--checksum-algorithm', kind);
        }
        const wrong = ['--content-md5', md5Base64('something else'), '--body', at('small.bin')];
        await refuses(api('put-object', '--bucket', name, '--key', 'one/wrong', ...wrong), /BadDigest|InvalidDigest/);
      },
    },
    {
      name: 'a part of a file is read',
      async run() {
        writeFileSync(at('range.txt'), '0123456789'.repeat(1000));
        await aws('s3', 'cp', at('range.txt'), `${bucket}/one/range.txt`);
        const object = ['--bucket', name, '--key', 'one/range.txt'];
        const { ContentRange: range } = await api(
          'get-object',
          ...object,
          '--range',
          'bytes=5003-5006',
          at('range.back'),
        );
        equal(readFileSync(at('range.back'), 'utf8'), '3456');
        equal(range, 'bytes 5003-5006/10000');
      },
    },
    {
      name: 'a presigned address is read without keys',
      async run() {
        const address = (await aws('s3', 'presign', `${bucket}/one/text`, '--expires-in', '60')).trim();
        const answer = await fetch(address, { signal: AbortSignal.any([bench.signal, AbortSignal.timeout(10_000)]) });
        equal(await answer.text(), 'a line of text\n');
        equal((await fetch(address.replace('one/text', 'one/meta'))).status, 403);
      },
    },
    {
      name: 'names of every kind go up and come back',
      async run() {
        makeTree(at('odd'), oddNames);
        await aws('s3', 'cp', '--recursive', at('odd'), `${bucket}/odd/`);
        await aws('s3', 'cp', '--recursive', `${bucket}/odd/`, at('odd.back'));
        deepEqual(readTree(at('odd.back')), treeOf(oddNames));
      },
    },
    {
      name: 'a folder is kept the same: files are added and go',
      async run() {
        const names = ['a', 'b/c', 'b/d/e', 'b/d/f'];
        makeTree(at('tree'), names);
        await aws('s3', 'sync', at('tree'), `${bucket}/tree/`);
        makeTree(at('tree2'), [...names.slice(1), 'g']);
        await aws('s3', 'sync', '--size-only', '--delete', at('tree2'), `${bucket}/tree/`);
        const listed = await api('list-objects', '--bucket', name, '--prefix', 'tree/');
        deepEqual(keysOf(listed.Contents), ['tree/b/c', 'tree/b/d/e', 'tree/b/d/f', 'tree/g']);
      },
    },
    {
      name: 'a changed file is sent again',
      async run() {
        writeFileSync(at('tree2/g'), 'changed');
        await aws('s3', 'sync', at('tree2'), `${bucket}/tree/`);
        equal(await aws('s3', 'cp', `${bucket}/tree/g`, '-'), 'changed');
      },
    },
    {
      name: 'a file is copied and moved on the server, with its metadata',
      async run() {
        await aws('s3', 'cp', `${bucket}/one/meta`, `${bucket}/copies/a b+c`);
        await aws('s3', 'mv', `${bucket}/copies/a b+c`, `${bucket}/copies/moved`);
        const { Contents: left } = await api('list-objects-v2', '--bucket', name, '--prefix', 'copies/');
        deepEqual(keysOf(left), ['copies/moved']);
        const head = await api('head-object', '--bucket', name, '--key', 'copies/moved');
        deepEqual(head.Metadata, { reel: 'four', take: '12' });
      },
    },
    {
      name: 'listings of both versions go page by page, and by folders',
      async run() {
        for (const list of ['list-objects', 'list-objects-v2']) {
          const paged = await api(list, '--bucket', name, '--prefix', 'tree/', '--page-size', '1');
          deepEqual(keysOf(paged.Contents), ['tree/b/c', 'tree/b/d/e', 'tree/b/d/f', 'tree/g']);
          const folders = await api(list, '--bucket', name, '--prefix', 'tree/', '--delimiter', '/');
          deepEqual(keysOf(folders.Contents), ['tree/g']);
          deepEqual(folders.CommonPrefixes, [{ Prefix: 'tree/b/' }]);
        }
      },
    },
    {
      name: 'what is not there is told as AWS tells it',
      async run() {
        await refuses(api('head-object', '--bucket', name, '--key', 'none'), /404/);
        await refuses(api('get-object', '--bucket', name, '--key', 'none', at('none')), /NoSuchKey|NotFound|404/);
        await refuses(api('list-objects', '--bucket', 'no-such-bucket'), /NoSuchBucket|NotFound|404/);
      },
    },
    {
      name: 'a file goes, many files go at once, the bucket goes',
      async run() {
        await aws('s3', 'rm', `${bucket}/one/text`);
        const objects = JSON.stringify({ Objects: [{ Key: 'tree/g' }, { Key: 'tree/b/c' }], Quiet: false });
        const { Deleted: deleted } = await api('delete-objects', '--bucket', name, '--delete', objects);
        deepEqual(keysOf(deleted).toSorted(), ['tree/b/c', 'tree/g']);
        await refuses(aws('s3', 'rb', bucket), /BucketNotEmpty/);
        await aws('s3', 'rb', '--force', bucket);
        ok(!(await aws('s3', 'ls')).includes(name));
      },
    },
  ];
}

function keysOf(listed: readonly { readonly Key: string }[]): string[] {
  return listed.map(({ Key }) => Key);
}

function textFile(path: string): string {
  writeFileSync(path, 'a line of text\n');
  return path;
}

function md5(content: Buffer): string {
  return createHash('md5').update(content).digest('hex');
}

function md5Base64(content: string): string {
  return createHash('md5').update(content).digest('base64');
}

function awsCommand(bench: Bench): Command {
  const { endpoint, accessKey, secretKey } = bench.server;
  return command(pythonProgram('aws'), bench, {
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: endpoint,
    AWS_CONFIG_FILE: join(bench.folder, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(bench.folder, 'no-aws-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  });
}
