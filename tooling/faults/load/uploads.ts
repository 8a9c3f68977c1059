import type { Client } from '@nacre/client';
import { isDs3Error } from '@nacre/model';
import type { Random } from '../random.ts';
import { unlessMissing } from './answers.ts';
import { bytesOf, type Content, digestOf } from './contents.ts';
import { readObject } from './put-jobs.ts';

/** A multipart upload as its client knows it. */
export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly parts: readonly { readonly content: Content; eTag: string | undefined }[];
  id: string | undefined;
  /** `completing`: the request to complete it was sent, and got no answer. */
  state: 'open' | 'completing' | 'completed' | 'void';
}

export function newUpload(bucket: string, key: string, random: Random): Upload {
  const parts = Array.from({ length: 1 + random.below(4) }, (_, i) => ({
    content: { size: 1 + random.below(30_000), label: `${key} part ${i + 1}` },
    eTag: undefined,
  }));
  return { bucket, key, parts, id: undefined, state: 'open' };
}

/** Goes on with it to its end. Errors: those of the client. */
export async function goOnWithUpload(client: Client, upload: Upload): Promise<void> {
  const { bucket, key } = upload;
  // One that nobody answered for is never heard of again: it is given up by itself.
  upload.id ??= (await client.s3.initiateMultiPartUpload({ bucket, key })).uploadId;
  const uploadId = upload.id;
  for (const [i, part] of upload.parts.entries()) {
    if (part.eTag !== undefined) continue;
    const body = bytesOf(part.content);
    const { eTag = '' } = await client.s3.putMultiPartUploadPart({ bucket, key, uploadId, partNumber: i + 1, body });
    part.eTag = eTag;
  }
  upload.state = 'completing';
  const parts = upload.parts.map(({ eTag = '' }, i) => ({ partNumber: i + 1, eTag }));
  await client.s3.completeMultiPartUpload({ bucket, key, uploadId, body: { parts } });
  upload.state = 'completed';
}

/** Compares it with what its client knows. Answers what is wrong. */
export async function checkUpload(client: Client, upload: Upload): Promise<string[]> {
  const { bucket, key, id: uploadId, state } = upload;
  if (uploadId === undefined || state === 'void') return [];
  const object = await unlessMissing(readObject(client, bucket, key));
  const whole = digestOf(Buffer.concat(upload.parts.map(({ content }) => bytesOf(content))));
  if (object !== undefined && object !== whole) return [`the object ${key} has other bytes than its parts`];
  if (object === undefined && state === 'completed') return [`the object ${key} was completed and is not there`];
  if (object !== undefined && state === 'open') return [`the object ${key} is there, and nobody completed it`];
  if (object !== undefined) {
    upload.state = 'completed';
    return [];
  }
  upload.state = 'open';
  const listed = await partsOf(client, { bucket, key, uploadId });
  if (listed === undefined) return [`the upload of ${key} was acknowledged and is gone`];
  return upload.parts.flatMap(({ eTag }, i) =>
    eTag === undefined || listed.get(i + 1) === eTag
      ? []
      : [`part ${i + 1} of ${key} was acknowledged and is not there`],
  );
}

async function partsOf(
  client: Client,
  upload: { readonly bucket: string; readonly key: string; readonly uploadId: string },
): Promise<ReadonlyMap<number, string> | undefined> {
  try {
    const { parts } = await client.s3.listMultiPartUploadParts(upload);
    return new Map(parts.map(({ partNumber, eTag }) => [partNumber, eTag]));
  } catch (error) {
    if (isDs3Error(error, 'NoSuchUpload')) return undefined;
    throw error;
  }
}
