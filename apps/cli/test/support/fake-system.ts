import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  /** Verb and target as written: `GET /archive/a?job=…`. */
  readonly line: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Status 200 and a document, or all of it. */
export type Reply = string | { status?: number; headers?: http.OutgoingHttpHeaders; body?: string };

export interface FakeSystem {
  readonly endpoint: string;
  /** What a command line needs to reach it as its only system. */
  readonly env: Readonly<Record<string, string>>;
  readonly received: Received[];
  readonly lines: () => string[];
}

/** A real HTTP server that answers each request with the reply of the first pattern that its line matches. */
export async function fakeSystem(
  replies: readonly (readonly [RegExp, Reply | ((request: Received) => Reply)])[],
): Promise<FakeSystem> {
  const received: Received[] = [];
  const server = http.createServer(async (incoming, response) => {
    const parts: Uint8Array[] = [];
    for await (const part of incoming) parts.push(part as Uint8Array);
    const line = `${incoming.method} ${incoming.url}`;
    const request = { line, headers: incoming.headers, body: Buffer.concat(parts).toString() };
    received.push(request);
    const found = replies.find(([pattern]) => pattern.test(line))?.[1] ?? {
      status: 501,
      body: errorXml('NotImplemented', 501, line.replaceAll('&', ' ')),
    };
    const reply = typeof found === 'function' ? found(request) : found;
    const { status = 200, headers = {}, body = '' } = typeof reply === 'string' ? { body: reply } : reply;
    response.writeHead(status, {
      ...headers,
      ...(status === 204 ? {} : { 'Content-Length': headers['Content-Length'] ?? Buffer.byteLength(body) }),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    env: { DS3_ENDPOINT: endpoint, DS3_ACCESS_KEY: 'YWxpY2U=', DS3_SECRET_KEY: 'secret' },
    received,
    lines: () => received.map(({ line }) => line),
  };
}

export function errorXml(code: string, status: number, message: string): string {
  return (
    `<Error><Code>${code}</Code><HttpErrorCode>${status}</HttpErrorCode><Message>${message}</Message>` +
    '<Resource>/</Resource><ResourceId>17</ResourceId></Error>'
  );
}

export const jobId = '0c2f6a1e-53a4-4a0e-9a55-3f1c0f6f9b10';
const userId = '9d6c1a2b-0d83-4b1f-9f0e-5a7d34f0c001';

export interface SomeBlob {
  readonly name: string;
  readonly offset?: number;
  readonly length: number;
  readonly inCache?: boolean;
}

const attributes = (type: string, status: string, size: number) =>
  `Aggregating="false" BucketName="archive" CachedSizeInBytes="0" ChunkClientProcessingOrderGuarantee="IN_ORDER" ` +
  `CompletedSizeInBytes="0" EntirelyInCache="false" JobId="${jobId}" Naked="false" Name="PUT by 10.1.2.3" ` +
  `OriginalSizeInBytes="${size}" Priority="NORMAL" RequestType="${type}" StartDate="2026-11-22T09:15:00.000Z" ` +
  `Status="${status}" UserId="${userId}" UserName="alice"`;

/** A job of one chunk, as a system answers it. */
export function jobXml(blobs: readonly SomeBlob[], type = 'PUT', status = 'IN_PROGRESS'): string {
  const size = blobs.reduce((sum, { length }) => sum + length, 0);
  const objects = blobs.map(
    ({ name, offset = 0, length, inCache = false }) =>
      `<Object Bucket="archive" Id="${userId}" InCache="${inCache}" Latest="true" Length="${length}" Name="${name}" Offset="${offset}"/>`,
  );
  const chunk = blobs.length > 0 ? `<Objects ChunkId="${userId}" ChunkNumber="1">${objects.join('')}</Objects>` : '';
  return `<MasterObjectList ${attributes(type, status, size)}><Nodes/>${chunk}</MasterObjectList>`;
}

export function jobsXml(): string {
  return `<Jobs><Job ${attributes('PUT', 'IN_PROGRESS', 2048)}><Nodes/></Job></Jobs>`;
}

/** A listing of a bucket: keys with their sizes, and folders. */
export function listXml(keys: Readonly<Record<string, number>>, folders: readonly string[] = [], next = ''): string {
  const owner = `<Owner><DisplayName>alice</DisplayName><ID>${userId}</ID></Owner>`;
  const contents = Object.entries(keys).map(
    ([key, size]) =>
      `<Contents><ETag/><Key>${key}</Key><LastModified>2026-01-05T23:19:18.000Z</LastModified>${owner}<Size>${size}</Size><StorageClass/></Contents>`,
  );
  const prefixes = folders.map((folder) => `<CommonPrefixes><Prefix>${folder}</Prefix></CommonPrefixes>`);
  return (
    `<ListBucketResult>${prefixes.join('')}${contents.join('')}<CreationDate>2026-01-05T22:34:35.000Z</CreationDate><Delimiter/>` +
    `<IsTruncated>${next !== ''}</IsTruncated><Marker/><MaxKeys>1000</MaxKeys><Name>archive</Name><NextMarker>${next}</NextMarker><Prefix/></ListBucketResult>`
  );
}

export function bucketXml(name: string): string {
  return (
    `<Data><CreationDate>2026-01-05T22:34:35.000Z</CreationDate><DataPolicyId>${userId}</DataPolicyId><Id>${jobId}</Id>` +
    `<LastPreferredChunkSizeInBytes/><Name>${name}</Name><Protected>false</Protected><UserId>${userId}</UserId></Data>`
  );
}
