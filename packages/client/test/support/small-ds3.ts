import { createHash } from 'node:crypto';
import type http from 'node:http';
import { errorXml, type FakeSystem, fakeSystem, type Received, sendXml } from './fake-system.ts';

/** A blob of the one job that a small system has. */
export interface SmallBlob {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
  readonly chunk: number;
  data: Buffer | undefined;
}

/** A DS3 system that is just large enough for one job, and misbehaves on demand. */
export interface SmallDs3 extends FakeSystem {
  blobs: SmallBlob[];
  type: 'PUT' | 'GET';
  status: 'IN_PROGRESS' | 'COMPLETED' | 'CANCELED';
  /** Chunks that are ready; all unless a test says so. */
  isReady: (chunk: number) => boolean;
  /** Called before a request is served; answers `true` when it has answered it. */
  before: (request: Received, response: http.ServerResponse) => boolean | undefined;
  /** Whether complete objects can be read, and blobs of the running job. */
  servesObjects: boolean;
  servesBlobsOfPutJobs: boolean;
  /** Whether it says of blobs, asked by their ids, what it has, and sends checksums with whole objects. */
  isNacre: boolean;
  checksum: 'MD5' | 'SHA_256';
  metadata: Record<string, string>;
  requests(pattern: RegExp): string[];
}

export const jobId = '0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10';
const nodeId = '5f0b7c8e-1d1f-4c58-8c5d-77aa00000001';

export function idOf(text: string): string {
  const hex = createHash('md5').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export async function smallDs3(options: { blobSize?: number; blobsInChunk?: number } = {}): Promise<SmallDs3> {
  const { blobSize = 10, blobsInChunk = 2 } = options;
  const system: Omit<SmallDs3, keyof FakeSystem> = {
    blobs: [],
    type: 'PUT',
    status: 'IN_PROGRESS',
    isReady: () => true,
    before: () => undefined,
    servesObjects: true,
    servesBlobsOfPutJobs: true,
    isNacre: false,
    checksum: 'MD5',
    metadata: {},
    requests: () => [],
  };
  const served = new Set<SmallBlob>();
  const base = await fakeSystem((request, response) => {
    if (small.before(request, response)) return;
    const url = new URL(request.target, 'http://small');
    const answer = route(small, request, url, served, blobSize, blobsInChunk);
    if (typeof answer === 'string') return sendXml(response, answer, 200, { 'Retry-After': '2' });
    response.writeHead(answer.status, answer.headers ?? {});
    response.end(answer.body);
  });
  const small: SmallDs3 = Object.assign(system, base, {
    requests: (pattern: RegExp) =>
      base.received.map((r) => `${r.method} ${r.target}`).filter((line) => pattern.test(line)),
  });
  return small;
}

interface Plain {
  readonly status: number;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

function route(
  small: SmallDs3,
  request: Received,
  url: URL,
  served: Set<SmallBlob>,
  blobSize: number,
  blobsInChunk: number,
): string | Plain {
  const path = decodeURIComponent(url.pathname);
  const { searchParams } = url;
  const operation = searchParams.get('operation');
  if (path.startsWith('/_rest_/bucket/') && operation === 'start_bulk_put' && searchParams.has('replicate')) {
    return listing(small, () => true);
  }
  if (operation === 'start_bulk_put') {
    small.type = 'PUT';
    small.blobs = splitAll(request.body.toString(), blobSize, blobsInChunk);
    return listing(small, () => true);
  }
  if (operation === 'start_bulk_get') {
    small.type = 'GET';
    const names = [...request.body.toString().matchAll(/Name="([^"]*)"/g)].map(([, name]) => name);
    small.blobs = small.blobs.filter(({ name }) => names.includes(name));
    return listing(small, () => true);
  }
  if (path === '/_rest_/job_chunk') {
    if (small.status === 'CANCELED') return { status: 410 };
    const isOpen = (blob: SmallBlob) => (small.type === 'PUT' ? blob.data === undefined : !served.has(blob));
    const open = new Set(small.blobs.filter(isOpen).map(({ chunk }) => chunk));
    return listing(small, (chunk) => open.has(chunk) && small.isReady(chunk));
  }
  if (path === `/_rest_/job/${jobId}`) {
    if (searchParams.has('replicate')) return { status: 200, body: plan(small) };
    return listing(small, () => small.status === 'IN_PROGRESS');
  }
  if (path.startsWith('/_rest_/active_job/')) {
    if (small.status !== 'IN_PROGRESS') return missing();
    return { status: 200, body: activeJob() };
  }
  if (path === '/_rest_/blob_persistence' && small.isNacre) return { status: 200, body: keptBlobs(small, request) };
  const key = path.replace(/^\/[^/]*\/?/, '');
  if (request.method === 'GET' && key === '') return bucketListing(small);
  return objectRequest(small, request, key, searchParams, served);
}

function missing(code = 'NotFound'): Plain {
  return { status: 404, body: errorXml(code, 404, 'not here') };
}

function objectRequest(
  small: SmallDs3,
  request: Received,
  key: string,
  query: URLSearchParams,
  served: Set<SmallBlob>,
): Plain {
  const blobs = small.blobs.filter(({ name }) => name === key);
  const blob = blobs.find(({ offset }) => offset === Number(query.get('offset') ?? 0));
  if (request.method === 'PUT') {
    if (!blob || query.get('job') !== jobId) return missing();
    blob.data = request.body;
    return { status: 200 };
  }
  const isComplete = blobs.length > 0 && blobs.every(({ data }) => data !== undefined);
  if (request.method === 'HEAD') {
    if (!isComplete) return { status: 404 };
    return { status: 200, headers: { ...objectHeaders(small, blobs), 'Content-Length': sizeOf(blobs) } };
  }
  if (query.has('job')) {
    const mayRead = small.type === 'GET' || small.servesBlobsOfPutJobs;
    if (!blob?.data || !mayRead || small.status !== 'IN_PROGRESS') return missing();
    served.add(blob);
    return { status: 200, headers: { ...metadataHeaders(small), ...sumHeader(small, blob.data) }, body: blob.data };
  }
  if (!isComplete || !small.servesObjects) return missing('NoSuchKey');
  const whole = Buffer.concat(blobs.map(({ data }) => data ?? Buffer.alloc(0)));
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  if (!range) return { status: 200, headers: small.isNacre ? sumHeader(small, whole) : {}, body: whole };
  return { status: 206, body: whole.subarray(Number(range[1]), Number(range[2]) + 1) };
}

function digest(small: SmallDs3, data: Buffer): string {
  return createHash(small.checksum === 'MD5' ? 'md5' : 'sha256')
    .update(data)
    .digest('base64');
}

function sumHeader(small: SmallDs3, data: Buffer): http.OutgoingHttpHeaders {
  return { [small.checksum === 'MD5' ? 'Content-MD5' : 'Content-SHA256']: digest(small, data) };
}

function metadataHeaders(small: SmallDs3): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(small.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]));
}

function objectHeaders(small: SmallDs3, blobs: readonly SmallBlob[]): http.OutgoingHttpHeaders {
  const sums = blobs.map(({ offset, data }) => [
    `ds3-blob-checksum-offset-${offset}`,
    digest(small, data ?? Buffer.alloc(0)),
  ]);
  return { ...metadataHeaders(small), 'ds3-blob-checksum-type': small.checksum, ...Object.fromEntries(sums) };
}

function sizeOf(blobs: readonly SmallBlob[]): number {
  return blobs.reduce((sum, { length }) => sum + length, 0);
}

function splitAll(list: string, blobSize: number, blobsInChunk: number): SmallBlob[] {
  const blobs: SmallBlob[] = [];
  for (const [, name = '', size] of list.matchAll(/<Object Name="([^"]*)" Size="(\d+)"/g)) {
    let offset = 0;
    do {
      const length = Math.min(blobSize, Number(size) - offset);
      blobs.push({ name, offset, length, chunk: 1 + Math.floor(blobs.length / blobsInChunk), data: undefined });
      offset += blobSize;
    } while (offset < Number(size));
  }
  return blobs;
}

function listing(small: SmallDs3, shows: (chunk: number) => boolean): string {
  const chunks = [...new Set(small.blobs.map(({ chunk }) => chunk))].filter(shows);
  const cached = small.blobs.filter(({ data }) => data).reduce((sum, { length }) => sum + length, 0);
  return (
    `<MasterObjectList Aggregating="false" BucketName="archive" CachedSizeInBytes="${cached}" ` +
    'ChunkClientProcessingOrderGuarantee="IN_ORDER" CompletedSizeInBytes="0" ' +
    `EntirelyInCache="false" JobId="${jobId}" Naked="false" Name="PUT by 10.1.2.3" ` +
    `OriginalSizeInBytes="${sizeOf(small.blobs)}" Priority="NORMAL" RequestType="${small.type}" ` +
    `StartDate="2026-11-22T09:15:00.000Z" Status="${small.status}" UserId="${idOf('alice')}" UserName="alice">` +
    `<Nodes><Node EndPoint="10.1.2.3" HttpPort="80" Id="${nodeId}"/></Nodes>` +
    chunks.map((chunk) => chunkXml(small, chunk)).join('') +
    '</MasterObjectList>'
  );
}

function chunkXml(small: SmallDs3, number: number): string {
  const objects = small.blobs
    .filter(({ chunk }) => chunk === number)
    .map(
      ({ name, offset, length, data }) =>
        `<Object Bucket="archive" Id="${idOf(`${name} ${offset}`)}" InCache="${data !== undefined}" Latest="true" ` +
        `Length="${length}" Name="${name}" Offset="${offset}" Version="1" VersionId="${idOf(name)}"/>`,
    );
  return `<Objects ChunkId="${idOf(`chunk ${number}`)}" ChunkNumber="${number}" NodeId="${nodeId}">${objects.join('')}</Objects>`;
}

function plan(small: SmallDs3): string {
  const names = [...new Set(small.blobs.map(({ name }) => name))];
  return JSON.stringify({
    blobs: small.blobs.map(({ name, offset, length }) => ({
      byteOffset: offset,
      checksum: null,
      checksumType: null,
      id: idOf(`${name} ${offset}`),
      length,
      objectId: idOf(name),
    })),
    chunks: [],
    id: jobId,
    objects: names.map((name) => ({
      bucketId: idOf('archive'),
      creationDate: null,
      id: idOf(name),
      latest: true,
      name,
      type: 'DATA',
    })),
  });
}

function keptBlobs(small: SmallDs3, request: Received): string {
  const asked = (JSON.parse(request.body.toString()) as { blobs: string[] }).blobs;
  const blobs = small.blobs
    .filter(({ name, offset, data }) => data && asked.includes(idOf(`${name} ${offset}`)))
    .map(({ name, offset, length, data = Buffer.alloc(0) }) => ({
      checksum: digest(small, data),
      checksumType: small.checksum,
      id: idOf(`${name} ${offset}`),
      inCache: true,
      length,
      permanentCopies: 0,
    }));
  return JSON.stringify({ blobs });
}

function bucketListing(small: SmallDs3): string {
  const names = [...new Set(small.blobs.map(({ name }) => name))];
  const owner = `<Owner><DisplayName>alice</DisplayName><ID>${idOf('alice')}</ID></Owner>`;
  return (
    `<ListBucketResult>${names
      .map(
        (name) =>
          `<Contents><ETag/><Key>${name}</Key><LastModified>2026-01-05T23:19:18.000Z</LastModified>${owner}` +
          `<Size>${sizeOf(small.blobs.filter((blob) => blob.name === name))}</Size><StorageClass/></Contents>`,
      )
      .join('')}<CreationDate>2026-01-05T22:34:35.000Z</CreationDate><Delimiter/><IsTruncated>false</IsTruncated>` +
    '<Marker/><MaxKeys>1000</MaxKeys><Name>archive</Name><NextMarker/><Prefix/></ListBucketResult>'
  );
}

function activeJob(): string {
  return (
    `<Data><Aggregating>false</Aggregating><BucketId>${idOf('archive')}</BucketId><CachedSizeInBytes>0</CachedSizeInBytes>` +
    '<ChunkClientProcessingOrderGuarantee>IN_ORDER</ChunkClientProcessingOrderGuarantee>' +
    '<CompletedSizeInBytes>0</CompletedSizeInBytes><CreatedAt>2026-11-22T09:15:00.000Z</CreatedAt>' +
    '<DeadJobCleanupAllowed>true</DeadJobCleanupAllowed><ErrorMessage/>' +
    `<Id>${jobId}</Id><ImplicitJobIdResolution>false</ImplicitJobIdResolution>` +
    '<MinimizeSpanningAcrossMedia>false</MinimizeSpanningAcrossMedia><Naked>false</Naked><Name>n</Name>' +
    '<OriginalSizeInBytes>0</OriginalSizeInBytes><Priority>NORMAL</Priority><Protected>false</Protected><Rechunked/>' +
    '<Replicating>false</Replicating><RequestType>PUT</RequestType><Restore>NO</Restore><Truncated>false</Truncated>' +
    `<TruncatedDueToTimeout>false</TruncatedDueToTimeout><UserId>${idOf('alice')}</UserId>` +
    '<VerifyAfterWrite>false</VerifyAfterWrite></Data>'
  );
}
