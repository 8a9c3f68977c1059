// What every operation has in common is asked of every row of the contract, so that a new row is asked it too: what is
// not there is not found, a document that is none is refused, and lists that hold nothing are lists.
import {
  bool,
  byteCount,
  contract,
  double,
  type HeaderField,
  instant,
  int,
  isDs3Error,
  long,
  nameOrId,
  type Operation,
  type Param,
  requestOf,
  type Scalar,
  text,
  uuid,
} from '@nacre/model';
import { describe, expect, test } from 'vitest';
import { newName } from '../support/people.ts';
import { systemUnderTest } from '../support/server.ts';
import { signedRequest } from '../support/signed-request.ts';
import { aBucket, bytesOf, withCode } from '../support/things.ts';

const client = await systemUnderTest();
const bucket = await aBucket(client);
const nothing = '00000000-0000-4000-8000-000000000000';

type Plane = 's3' | 'ds3';
type Values = Readonly<Record<string, unknown>>;
type Method = (input: Values) => Promise<unknown>;

interface Row {
  readonly plane: Plane;
  readonly name: string;
  readonly operation: Operation;
}

const rows: Row[] = (['s3', 'ds3'] as const).flatMap((plane) =>
  Object.entries<Operation>(contract[plane]).map(([name, operation]) => ({ plane, name, operation })),
);

function rowsThatRaise(code: string, but: readonly string[] = []): [string, Row][] {
  return rows
    .filter(({ operation }) => raises(operation, code))
    .map((row): [string, Row] => [`${row.plane}.${row.name}`, row])
    .filter(([name]) => !but.includes(name));
}

/** Sends an operation; a read of bytes is read to its end. */
async function ask({ plane, name }: Row, input: Values): Promise<unknown> {
  const methods = client[plane] as unknown as Readonly<Record<string, Method>>;
  const answer = await methods[name]?.(input);
  const isBytes = answer !== null && typeof answer === 'object' && 'body' in answer;
  return isBytes ? bytesOf(answer as Parameters<typeof bytesOf>[0]) : answer;
}

/** A value that may stand there, and that names nothing. */
function sampleOf(of: Scalar<unknown>): unknown {
  const values = new Map<unknown, unknown>([
    [bool, true],
    [byteCount, 10],
    [double, 0.5],
    [instant, new Date(0)],
    [int, 1],
    [long, 1],
    [nameOrId, nothing],
    [text, newName('text')],
    [uuid, nothing],
  ]);
  return of.values === undefined ? values.get(of) : of.values[0];
}

const isReference = (of: unknown): boolean => of === nameOrId || of === uuid;

/** All that a row cannot do without. */
function neededOf({ path, query, headers }: Operation): Record<string, unknown> {
  const needed: Record<string, unknown> = {};
  if (path.plane === 'ds3' && path.id) needed.id = nothing;
  if (path.plane === 's3' && path.bucket) needed.bucket = 'no-such-bucket';
  if (path.plane === 's3' && path.key) needed.key = 'no such key';
  for (const [key, param] of Object.entries<Param>(query)) {
    if (param.kind === 'need' && param.of !== undefined) needed[key] = sampleOf(param.of);
    if (param.kind === 'needBare') needed[key] = true;
  }
  for (const [key, { kind, of }] of Object.entries<HeaderField>(headers)) {
    if (kind === 'needed') needed[key] = key === 'copySource' ? '/no-such-bucket/no-such-key' : sampleOf(of);
  }
  return needed;
}

const documents = new Map<string, unknown>([
  ['s3.deleteObjects', { objects: [{ key: 'a' }] }],
  ['s3.completeMultiPartUpload', { parts: [{ partNumber: 1, eTag: 'x' }] }],
]);

/** Of *Get Job to Replicate*, and not a document of ours. */
const plan = Buffer.from('{}');

function bodyOf({ plane, name, operation }: Row): Values {
  const full = `${plane}.${name}`;
  if (operation.body.kind === 'bytes') return { body: Buffer.from('x') };
  if (operation.body.kind === 'none') return {};
  if (full === 'ds3.replicatePutJob') return { body: plan };
  return { body: documents.get(full) ?? { objects: [{ name: 'a', size: 1 }], ids: [nothing] } };
}

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
