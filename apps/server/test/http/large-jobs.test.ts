import { createHash } from 'node:crypto';
import { decode, MasterObjectList } from '@nacre/model';
import { beforeAll, describe, expect, test } from 'vitest';
import { startTestServer } from '../support/server.ts';
import { signedRequest } from '../support/signed-request.ts';
import { aBucket, withCode } from '../support/things.ts';

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

describe('jobs that read more objects than are looked up at once', () => {
  const names = namesOf('read', 5200);
  let from = '';

  beforeAll(async () => {
    from = await aBucket(client);
    const { jobId } = await client.ds3.putBulkJob({
      id: from,
      body: { objects: names.map((name) => ({ name, size: 7 })) },
    });
    // Thousands of PUTs would say the same.
    const { sql } = server.context.store;
    await sql`update blobs set received_at = now(), cache_node_id = ${server.context.node.id} from objects o
      join buckets b on b.id = o.bucket_id where o.id = blobs.object_id and b.name = ${from}`;
    await sql`update objects o set creation_date = now() from buckets b where b.id = o.bucket_id and b.name = ${from}`;
    await sql`update job_chunks set state = 'COMPLETED' where job_id = ${jobId}`;
    await client.ds3.cancelJob({ id: jobId });
  });

  async function activeJobs(): Promise<number> {
    return (await client.ds3.getJobs({ bucketId: from })).jobs.length;
  }

  test('list each blob once, in the order of the request, and count what is in cache', async () => {
    const asked = [...names].reverse().map((name) => ({ name }));
    const objects = [...asked, { name: names[0] ?? '', offset: 0, length: 3 }];
    const job = await client.ds3.getBulkJob({ id: from, body: { objects } });
    expect(job.objects.map((chunk) => chunk.objects.length)).toEqual([3000, 2200]);
    expect(job.objects.flatMap((chunk) => chunk.objects.map(({ name }) => name))).toEqual(
      asked.map(({ name }) => name),
    );
    expect(job).toMatchObject({ originalSizeInBytes: 36_400, cachedSizeInBytes: 36_400, entirelyInCache: true });
    await client.ds3.cancelJob({ id: job.jobId });
  });

  test('verify a whole bucket without a list, each object once', async () => {
    const job = await client.ds3.verifyBulkJob({ id: from });
    const listed = job.objects.flatMap((chunk) => chunk.objects.map(({ name }) => name));
    expect(listed.sort()).toEqual(names);
    expect(job).toMatchObject({ originalSizeInBytes: 36_400, cachedSizeInBytes: 0 });
    await client.ds3.cancelJob({ id: job.jobId });
  });

  test.each([
    ['an object that is not there, behind thousands that are,', { name: 'read/missing' }, 'NotFound' as const],
    ['a range beyond the end of one', { name: 'read/000000', offset: 0, length: 8 }, 'InvalidArgument' as const],
  ])('are not made for %s', async (_what, last, code) => {
    const objects = [...names.map((name) => ({ name })), last];
    await expect(client.ds3.getBulkJob({ id: from, body: { objects } })).rejects.toThrow(withCode(code));
    expect(await activeJobs()).toBe(0);
  });
});
