import type { Checksum, ChecksumName } from '../checksum.ts';
import type { CallOptions, Client } from '../create-client.ts';

/** What a system says about an object that it has. */
export interface StoredObject {
  readonly size: number | undefined;
  /** `undefined` when the system keeps no checksums of it. */
  readonly checksumType: ChecksumName | undefined;
  /** Base64 by the offset of each blob. */
  readonly blobChecksums: ReadonlyMap<number, string>;
  /** As on the wire: names and values percent-encoded by whoever wrote them. */
  readonly metadata: Readonly<Record<string, string>>;
}

export async function headObject(
  client: Client,
  object: { readonly bucket: string; readonly key: string; readonly versionId?: string | undefined },
  options: CallOptions,
): Promise<StoredObject> {
  const { contentLength, blobChecksums, blobChecksumType, metadata } = await client.s3.headObject(object, options);
  return {
    size: contentLength,
    checksumType: blobChecksumType,
    blobChecksums: new Map(Object.entries(blobChecksums ?? {}).map(([offset, value]) => [Number(offset), value])),
    metadata: metadata ?? {},
  };
}

/** The checksum of the blob that begins at `offset`. */
export function checksumAt({ checksumType, blobChecksums }: StoredObject, offset: number): Checksum | undefined {
  const value = blobChecksums.get(offset);
  return checksumType === undefined || value === undefined ? undefined : { type: checksumType, value };
}
