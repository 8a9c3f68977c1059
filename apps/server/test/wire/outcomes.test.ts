// What every operation has in common is asked of every row of the contract, so that a new row is asked it too: what is
// not there is not found, a document that is none is refused, and lists that hold nothing are lists.
import { readFileSync } from 'node:fs';
import type { Client } from '@nacre/client';
import { contract, isDs3Error, nameOrId, type Operation, type Param, requestOf, uuid } from '@nacre/model';
import { describe, expect, test } from 'vitest';
import { aUser, newName } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { signedRequest } from '../support/signed-request.ts';
import { bodyOf, neededOf, nothing, type Plane, type Row, rows, type Values } from '../support/smallest-requests.ts';
import { aBucket, bytesOf, withCode } from '../support/things.ts';

const client = await systemUnderTest();
const bucket = await aBucket(client);

type Method = (input: Values) => Promise<unknown>;

function rowsThatRaise(code: string, but: readonly string[] = []): [string, Row][] {
  return rows
    .filter(({ operation }) => raises(operation, code))
    .map((row): [string, Row] => [`${row.plane}.${row.name}`, row])
    .filter(([name]) => !but.includes(name));
}

/** Sends an operation; a read of bytes is read to its end. */
async function ask({ plane, name }: Row, input: Values, by: Client = client): Promise<unknown> {
  const methods = by[plane] as unknown as Readonly<Record<string, Method>>;
  const answer = await methods[name]?.(input);
  const isBytes = answer !== null && typeof answer === 'object' && 'body' in answer;
  return isBytes ? bytesOf(answer as Parameters<typeof bytesOf>[0]) : answer;
}

const isReference = (of: unknown): boolean => of === nameOrId || of === uuid;

/**
 * The needed values, of which one names what is not there: the thing itself, or the entry after which a list goes on. The
 * bucket is one that is there, as others are missed in words of their own.
 */
function namingNothing({ operation }: Row): Values {
  const needed = neededOf(operation);
  const inBucket =
    operation.path.plane === 'ds3' && operation.path.resource === 'bucket' && raises(operation, 'NoSuchBucket');
  if (inBucket) needed.id = bucket;
  if ('bucketId' in needed) needed.bucketId = bucket;
  const named = Object.entries<Param>(operation.query).filter(([key, { of }]) => isReference(of) && key !== 'bucketId');
  if (('id' in needed && !inBucket) || named.some(([key]) => key in needed)) return needed;
  const [key] = named.find(([name]) => name === 'pageStartMarker') ?? named[0] ?? [];
  return key === undefined ? needed : { ...needed, [key]: nothing };
}

function raises({ raises: codes }: Operation, code: string): boolean {
  return (codes as readonly string[]).includes(code);
}

// The page is about this server, and not about another that `DS3_ENDPOINT` names.
test.skipIf(process.env.DS3_ENDPOINT !== undefined)(
  'the page of operations says which are served, and no other answers 501',
  async () => {
    const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
    const said = [...page.matchAll(/^\| `(\w+)` \| `.*\| 501: .*\|$/gm)].map(([, name]) => name);
    // Somebody without rights changes nothing by asking.
    const { client: powerless } = await aUser(client);
    const answered: string[] = [];
    for (const row of rows) {
      const outcome = await ask(row, { ...neededOf(row.operation), ...bodyOf(row) }, powerless).catch(
        (e: unknown) => e,
      );
      if (isDs3Error(outcome) && outcome.status === 501) answered.push(row.name);
    }
    expect(answered.sort()).toEqual(said.sort());
    expect(said.length).toBeLessThan(rows.length);
  },
);

describe('what is not there is not found by', () => {
  test.each(rowsThatRaise('NotFound'))('%s', async (_, row) => {
    const inBucket = row.plane === 's3' ? { bucket } : {};
    const outcome = await ask(row, { ...namingNothing(row), ...inBucket, ...bodyOf(row) }).catch((e: unknown) => e);
    if (isDs3Error(outcome, 'NotImplemented')) return;
    expect(outcome).toEqual(withCode('NotFound'));
  });
});

describe('a bucket that is not there is missed by', () => {
  test.each(rowsThatRaise('NoSuchBucket'))('%s', async (_, row) => {
    const input = { ...neededOf(row.operation), ...bodyOf(row) };
    if (!('id' in input || 'bucket' in input)) Object.assign(input, { bucketId: 'no-such-bucket' });
    const outcome = await ask(row, input).catch((error: unknown) => error);
    // The answer to a HEAD has no room for the code.
    if (row.operation.verb === 'HEAD') expect(outcome).toMatchObject({ status: 404 });
    else expect(outcome).toEqual(withCode('NoSuchBucket'));
  });
});

describe('a document that is none is refused by', () => {
  test.each(rowsThatRaise('MalformedXML'))('%s', async (_, { plane, operation }) => {
    const { method, rawTarget } = requestOf(
      plane,
      operation as never,
      { ...neededOf(operation), ...here(plane) } as never,
    );
    const { status, body } = await signedRequest(`http://${client.endpoint}`, {
      method,
      target: rawTarget,
      body: '<Objects><Object',
    });
    if (status === 501) return;
    expect([status, /<Code>(.*)<\/Code>/.exec(body)?.[1]]).toEqual([400, 'MalformedXML']);
  });

  function here(plane: Plane) {
    return plane === 's3' ? { bucket } : { id: bucket };
  }
});

describe('a registration is made, found, listed and ended:', () => {
  const kinds = Object.keys(contract.ds3).flatMap((name) => /^put(.*)NotificationRegistration$/.exec(name)?.[1] ?? []);

  test.each(kinds)('%s', async (kind) => {
    const name = `${kind}NotificationRegistration`;
    const { ds3 } = client as unknown as { readonly ds3: Readonly<Record<string, Method>> };
    const call = (method: string, input: Values) => ds3[method]?.(input) as Promise<Values & { items: Values[] }>;
    const made = await call(`put${name}`, { notificationEndPoint: 'http://192.0.2.1/told', format: 'JSON' });
    expect(made).toMatchObject({ notificationEndPoint: 'http://192.0.2.1/told', format: 'JSON' });
    expect(await call(`get${name}`, { id: made.id })).toEqual(made);
    expect((await call(`get${name}s`, {})).items).toContainEqual(made);
    await call(`delete${name}`, { id: made.id });
    await expect(call(`get${name}`, { id: made.id })).rejects.toThrow(withCode('NotFound'));
  });
});

describe('nothing is wrong with a system that nothing happened to:', () => {
  const lists = Object.keys(contract.ds3).filter((name) => /^get(Suspect|Degraded)/.test(name));

  test.each(lists)('%s', async (name) => {
    const { ds3 } = client as unknown as { readonly ds3: Readonly<Record<string, Method>> };
    expect(await ds3[name]?.({})).toMatchObject({ items: [], total: 0, remaining: 0 });
  });
});

describe('what only seldom happens:', () => {
  test('a bucket has a name that buckets may have', async () => {
    await expect(client.s3.putBucket({ bucket: 'x'.repeat(300) })).rejects.toThrow(withCode('InvalidBucketName'));
  });

  test('an object tells whose it is, and HEAD its conditions and parts', async () => {
    const at = { bucket, key: 'told' };
    const { eTag } = await client.s3.putObject({ ...at, body: Buffer.from('told') });
    expect((await client.s3.getObjectAcl(at)).grants).toHaveLength(1);
    await expect(client.s3.headObject({ ...at, partNumber: 2 })).rejects.toMatchObject({ status: 416 });
    await expect(client.s3.headObject({ ...at, ifNoneMatch: eTag })).rejects.toMatchObject({ status: 304 });
  });

  test('an active job is truncated', async () => {
    const job = await client.ds3.putBulkJob({
      id: bucket,
      body: { objects: [{ name: newName('never sent'), size: 3 }] },
    });
    await client.ds3.truncateActiveJob({ id: job.jobId });
    await expect(client.ds3.getActiveJob({ id: job.jobId })).rejects.toThrow(withCode('NotFound'));
  });

  test('all active jobs of a bucket are truncated, or cancelled', async () => {
    for (const end of [client.ds3.truncateAllActiveJobs, client.ds3.cancelAllActiveJobs]) {
      const body = { objects: [{ name: newName('never sent'), size: 3 }] };
      const job = await client.ds3.putBulkJob({ id: bucket, body });
      await end({ bucketId: bucket });
      await expect(client.ds3.getActiveJob({ id: job.jobId })).rejects.toThrow(withCode('NotFound'));
    }
  });

  test('a blob of a job that has ended is gone', async () => {
    const key = newName('object');
    const job = await client.ds3.putBulkJob({ id: bucket, body: { objects: [{ name: key, size: 3 }] } });
    await client.ds3.cancelJob({ id: job.jobId });
    await expect(client.s3.getObject({ bucket, key, job: job.jobId, offset: 0 })).rejects.toThrow(withCode('Gone'));
  });

  test('a part is copied from what is there, as it was, into an upload that is there', async () => {
    const at = { bucket, key: 'copied into' };
    await client.s3.putObject({ bucket, key: 'source', body: Buffer.from('source') });
    const { uploadId } = await client.s3.initiateMultiPartUpload(at);
    const copy = { ...at, uploadId, partNumber: 1, copySource: `/${bucket}/source` };
    const missing = { ...copy, copySource: `/${bucket}/missing` };
    await expect(client.s3.uploadPartCopy(missing)).rejects.toThrow(withCode('NoSuchKey'));
    await expect(client.s3.uploadPartCopy({ ...copy, uploadId: nothing })).rejects.toThrow(withCode('NoSuchUpload'));
    const changed = { ...copy, copySourceIfMatch: '"another"' };
    await expect(client.s3.uploadPartCopy(changed)).rejects.toThrow(withCode('PreconditionFailed'));
    await client.s3.abortMultiPartUpload({ ...at, uploadId });
  });

  test('a body is what its SHA-256 says, for an object and for a part', async () => {
    const { uploadId } = await client.s3.initiateMultiPartUpload({ bucket, key: 'hashed' });
    for (const query of ['', `?partNumber=1&uploadId=${uploadId}`]) {
      const { status, body } = await signedRequest(`http://${client.endpoint}`, {
        method: 'PUT',
        target: `/${bucket}/hashed${query}`,
        headers: { 'x-amz-content-sha256': 'a'.repeat(64) },
        body: 'something else',
      });
      expect([status, /<Code>(.*)<\/Code>/.exec(body)?.[1]]).toEqual([400, 'XAmzContentSHA256Mismatch']);
    }
    await client.s3.abortMultiPartUpload({ bucket, key: 'hashed', uploadId });
  });

  test('a pool partition has a name that no other has', async () => {
    const [one, other] = [newName('partition'), newName('partition')];
    for (const name of [one, other]) await client.ds3.putPoolPartition({ name, type: 'ONLINE' });
    await expect(client.ds3.modifyPoolPartition({ id: one, name: other })).rejects.toThrow(withCode('Conflict'));
    for (const id of [one, other]) await client.ds3.deletePoolPartition({ id });
  });
});
