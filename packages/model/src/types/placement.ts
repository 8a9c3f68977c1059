import { elem, type Infer, many, maybe, record, wrapped } from '../wire/shape.ts';
import { BlobEntry } from './job.ts';
import { Pool } from './pool.ts';
import { Tape } from './tape.ts';
import { AzureTarget, Ds3Target, S3Target } from './target.ts';

/** The media and targets that hold data. Every list is there, even when it is empty: SDKs fail without. */
export const PhysicalPlacement = record('PhysicalPlacement', {
  azureTargets: wrapped('AzureTargets', AzureTarget),
  ds3Targets: wrapped('Ds3Targets', Ds3Target),
  pools: wrapped('Pools', Pool),
  s3Targets: wrapped('S3Targets', S3Target),
  tapes: wrapped('Tapes', Tape),
});
export type PhysicalPlacement = Infer<typeof PhysicalPlacement>;

/** A blob as answers about placement show it: as in a job, and where it is when that was asked for. */
export const PlacedBlob = record('Object', {
  ...BlobEntry.fields,
  physicalPlacement: maybe(elem(PhysicalPlacement)),
});
export type PlacedBlob = Infer<typeof PlacedBlob>;

/** Blobs inside another document. */
export const BlobList = record('Blobs', { objects: many(PlacedBlob) });
export type BlobList = Infer<typeof BlobList>;
