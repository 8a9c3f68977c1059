import { canonicalName, contract, createRouter, type Operation, parseTarget, type Scalar } from '@nacre/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerError, type CallOptions } from '../src/index.ts';
import { clientOf, fakeSystem, sendXml } from './support/fake-system.ts';
import { rejection } from './support/promises.ts';
import { idOf } from './support/small-ds3.ts';

const rows = (['s3', 'ds3'] as const).flatMap((plane) =>
  Object.entries(contract[plane] as Readonly<Record<string, Operation>>).map(([name, operation]) => ({
    plane,
    name,
    operation,
  })),
);

type Call = (input?: object, options?: CallOptions) => Promise<unknown>;

/** A value that a scalar accepts, found by trying. */
function some(scalar: Scalar<unknown>): unknown {
  for (const text of [
    scalar.values?.[0] ?? idOf('x'),
    '7',
    'true',
    '2026-11-22T09:15:00.000Z',
    'Thu, 01 Jan 2026 00:00:00 GMT',
  ]) {
    const value = scalar.parse(text);
    if (value !== undefined) return value;
  }
  throw new Error(`no value for ${scalar.name}`);
}

function inputOf({ path, query, headers, body }: Operation, everything: boolean): Record<string, unknown> {
  const input: Record<string, unknown> = path.plane === 'ds3' ? (path.id ? { id: 'an id' } : {}) : {};
  if (path.plane === 's3' && path.bucket) input.bucket = 'a-bucket';
  if (path.plane === 's3' && path.key) input.key = 'a/key';
  for (const [key, { kind, of }] of Object.entries(query)) {
    if (of && (kind === 'need' || everything)) input[key] = some(of);
    else if (kind === 'bare' && everything) input[key] = true;
  }
  for (const [key, { kind, of }] of Object.entries(headers)) if (kind === 'needed') input[key] = some(of);
  if (body.kind === 'text' || body.kind === 'bytes') input.body = 'text';
  return input;
}

test.each([false, true])(
  'every row can be called, and is what its request is taken for (all parameters: %s)',
  async (everything) => {
    const router = createRouter(contract);
    const system = await fakeSystem((_, response) => void response.writeHead(204).end());
    const client = clientOf(system);
    const called: string[] = [];
    const taken: (string | undefined)[] = [];
    // What a request with an XML body looks like is up to its descriptor; the codec has tests of its own.
    for (const { plane, name, operation } of rows.filter((row) => row.operation.body.kind !== 'xml')) {
      const input = inputOf(operation, everything);
      const call = (client[plane] as unknown as Record<string, Call>)[name];
      await call?.(input).catch((error: unknown) => expect(error).toBeInstanceOf(AnswerError));
      const { method = '', target = '', headers = {} } = system.received.at(-1) ?? {};
      const match = router.match(method, parseTarget(target), (header) => headers[header]?.toString());
      called.push(`${plane}.${name}`);
      taken.push(match && `${match.plane}.${match.name}`);
      for (const [key, { kind, of, wireName }] of Object.entries(operation.query)) {
        if (!of && !(kind === 'needBare') && !everything) continue;
        if (of && input[key] === undefined) continue;
        expect(match?.parameters.has(canonicalName(wireName ?? key)), `${name}: ${key}`).toBe(true);
      }
    }
    expect(taken).toEqual(called);
    expect(called.length).toBeGreaterThan(350);
  },
);

test('names and parameters arrive as they were given, whatever they hold', async () => {
  const listing =
    '<ListBucketResult><CreationDate/><Delimiter/><IsTruncated>false</IsTruncated><Marker/><MaxKeys>1</MaxKeys><Name>b</Name>' +
    '<NextMarker/><Prefix/></ListBucketResult>';
  const system = await fakeSystem((_, response) => sendXml(response, listing));
  const client = clientOf(system);
  const someText = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 40 })
    .filter((text) => text.isWellFormed() && !text.includes('\0'));
  await fc.assert(
    fc.asyncProperty(someText, someText, fc.option(someText, { nil: undefined }), async (bucket, prefix, marker) => {
      fc.pre(!bucket.includes('/') && bucket !== '_rest_');
      await client.s3.getBucket({ bucket, prefix, marker, maxKeys: 5 });
      const { path, query } = parseTarget(system.received.at(-1)?.target ?? '');
      expect(path).toBe(bucket);
      const expected = [['max_keys', '5'], ['prefix', prefix], ...(marker === undefined ? [] : [['marker', marker]])];
      expect(query.map(({ name, value }) => [name, value]).sort()).toEqual(expected.sort());
    }),
    { numRuns: 150 },
  );
});

test('object keys keep their slashes, dots and escapes', async () => {
  const system = await fakeSystem((_, response) => void response.end());
  const client = clientOf(system);
  const keys = [
    'a/b',
    '/a',
    'a//b',
    '../x',
    './x',
    'a%2Fb',
    'ä ö+ü',
    "!$&'()*,;=:@",
    'tab\tand\nline',
    '日本語/名前',
    'folder/',
  ];
  for (const key of keys) await client.s3.headObject({ bucket: 'b', key });
  expect(system.received.map(({ target }) => parseTarget(target).path)).toEqual(keys.map((key) => `b/${key}`));
});

test('a list knows how many there are and remain', async () => {
  const node = (name: string) => `<Group><BuiltIn>false</BuiltIn><Id>${idOf(name)}</Id><Name>${name}</Name></Group>`;
  const system = await fakeSystem((_, response) =>
    sendXml(response, `<Data>${node('a')}${node('b')}</Data>`, 200, {
      'Total-Result-Count': '5',
      'Page-Truncated': '3',
    }),
  );
  const page = await clientOf(system).ds3.getGroups({ pageLength: 2 });
  expect(page).toEqual({
    items: [
      { builtIn: false, id: idOf('a'), name: 'a' },
      { builtIn: false, id: idOf('b'), name: 'b' },
    ],
    total: 5,
    remaining: 3,
  });
});

test('headers of an answer are part of it', async () => {
  const system = await fakeSystem((_, response) => {
    response.writeHead(200, {
      'Content-Length': '42',
      ETag: '"rCu7"',
      'x-amz-meta-Owner': 'alice',
      'creation-date': '2020-05-06T17:29:33.000Z',
      'ds3-blob-checksum-type': 'CRC_32C',
      'ds3-blob-checksum-offset-0': '4waSgw==',
    });
    response.end();
  });
  expect(await clientOf(system).s3.headObject({ bucket: 'b', key: 'k' })).toEqual({
    contentLength: 42,
    eTag: '"rCu7"',
    metadata: { Owner: 'alice' },
    creationDate: new Date('2020-05-06T17:29:33.000Z'),
    blobChecksumType: 'CRC_32C',
    blobChecksums: { 0: '4waSgw==' },
  });
});

test('a header that is not what it should be is told by its name', async () => {
  const system = await fakeSystem((_, response) => void response.writeHead(200, { 'version-id': 'seven' }).end());
  const error = await rejection(clientOf(system).s3.headObject({ bucket: 'b', key: 'k' }));
  expect(error).toBeInstanceOf(AnswerError);
  expect((error as Error).message).toContain('version-id');
});

test('an operation that may answer nothing answers undefined', async () => {
  const system = await fakeSystem((_, response) => void response.writeHead(204).end());
  expect(await clientOf(system).ds3.replicatePutJob({ id: 'b', body: '{}' })).toBeUndefined();
  expect(await clientOf(system).ds3.cancelJob({ id: 'x' })).toBeUndefined();
});
