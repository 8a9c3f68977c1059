import type { PhysicalPlacement, PlacedBlob, Pool } from '@nacre/model';
import type { BlobRow, ObjectRow } from '@nacre/store';

/** A blob as answers about objects and placement show it. */
export function describePlacedBlob(
  blob: BlobRow,
  object: Pick<ObjectRow, 'id' | 'name' | 'latest' | 'version'>,
  bucketName: string,
  physicalPlacement?: PhysicalPlacement,
): PlacedBlob {
  return {
    bucket: bucketName,
    id: blob.id,
    inCache: blob.cacheNodeId !== null,
    latest: object.latest,
    length: blob.length,
    name: object.name,
    offset: blob.byteOffset,
    physicalPlacement,
    version: object.version,
    versionId: object.id,
  };
}

/** What holds data, of which this system knows pools alone. */
export function placementOn(pools: readonly Pool[]): PhysicalPlacement {
  return { azureTargets: [], ds3Targets: [], pools: [...pools], s3Targets: [], tapes: [] };
}
