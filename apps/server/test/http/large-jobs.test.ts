import { createHash } from 'node:crypto';
import { decode, MasterObjectList } from '@nacre/model';
import { beforeAll, expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { signedRequest } from '../support/signed-request.ts';
import { aBucket } from '../support/things.ts';

// Chunks of more blobs than are read at once, and jobs of more objects than are planned at once.
const server = await startTestServer({ env: { NACRE_MAX_BLOBS_PER_CHUNK: '3000' } });
const { client, endpoint } = server;
let bucket = '';

beforeAll(async () => {
  bucket = await aBucket(client);
});

function namesOf(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}/${String(i).padStart(6, '0')}`);
}

function listOf(names: readonly string[]): string {
  return `<Objects>${names.map((name) => `<Object Name="${name}" Size="7"/>`).join('')}</Objects>`;
}

async function putJob(body: string, headers: Readonly<Record<string, string>> = {}) {
  const target = `/_rest_/bucket/${bucket}?operation=start_bulk_put`;
  const answer = await signedRequest(endpoint, { method: 'PUT', target, body, headers });
  return { status: answer.status, code: /<Code>(\w+)</.exec(answer.body)?.[1], body: answer.body };
}

async function keysBelow(prefix: string): Promise<number> {
  const { contents } = await client.s3.getBucket({ bucket, prefix });
  return contents.length;
}

test('a job of many chunks lists every blob once, in the order of the request, when it is made and when it is asked for', async () => {
  const names = namesOf('whole', 7500);
  const made = decode(MasterObjectList, (await putJob(listOf(names))).body);
  const asked = await client.ds3.getJob({ id: made.jobId });
  for (const job of [made, asked]) {
    expect(job.originalSizeInBytes).toBe(52_500);
    expect(job.objects.map((chunk) => [chunk.chunkNumber, chunk.objects.length])).toEqual([
      [1, 3000],
      [2, 3000],
      [3, 1500],
    ]);
    expect(job.objects.flatMap((chunk) => chunk.objects.map(({ name }) => name))).toEqual(names);
  }
  expect(asked.objects).toEqual(made.objects);
});

test('a list that is malformed at its last byte leaves nothing', async () => {
  const body = listOf(namesOf('malformed', 6000)).replace(/>$/, '');
  expect(await putJob(body)).toMatchObject({ status: 400, code: 'MalformedXML' });
  expect(await keysBelow('malformed/')).toBe(0);
});

test('a large list that came over wrong is a bad digest, also where it cannot be read any more', async () => {
  const body = listOf(namesOf('digest', 6000));
  const md5 = createHash('md5').update(body).digest('base64');
  const broken = body.replace('Name="digest/003000"', 'Name=<');
  expect(await putJob(broken, { 'Content-MD5': md5 })).toMatchObject({ status: 400, code: 'BadDigest' });
  expect(await putJob(body, { 'Content-MD5': md5 })).toMatchObject({ status: 200 });
});

test('a name listed again after thousands of others leaves nothing', async () => {
  const names = namesOf('again', 6000);
  expect(await putJob(listOf([...names, 'again/000000']))).toMatchObject({ status: 400, code: 'BadRequest' });
  expect(await keysBelow('again/')).toBe(0);
});

test('a name that is there already, behind thousands that are not, leaves nothing', async () => {
  await putJob(listOf(['there/005999']));
  expect(await putJob(listOf(namesOf('there', 6000)))).toMatchObject({
    status: 409,
    code: 'OBJECT_ALREADY_EXISTS',
  });
  expect(await keysBelow('there/')).toBe(1);
});

test('names are compared in the order of their bytes, in which U+FF5E comes before U+1F39E', async () => {
  const middle = `order/\u{ff5e}`;
  await putJob(listOf([middle]));
  const around = [...namesOf('order', 30), 'order/\u{1f39e}'];
  expect(await putJob(listOf([...around, middle]))).toMatchObject({ status: 409 });
  expect(await putJob(listOf(around))).toMatchObject({ status: 200 });
});

test('two jobs that name the same at the same time do not both have it', async () => {
  const names = namesOf('race', 6000);
  const answers = await Promise.all([putJob(listOf(names)), putJob(listOf(names.toReversed()))]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});
