import { createHash } from 'node:crypto';
import { Ds3Error, decode, isUuid, MasterObjectList, type Priority, WireError } from '@nacre/model';
import { checkObjectName, isFolderName } from './names.ts';
import type { PlannedBlob, PlannedChunk, PlannedObject } from './plan-job.ts';

/** A PUT job with all its ids, as one system describes it and another recreates it. */
export interface ReplicationPlan {
  readonly jobId: string;
  /** As the source names and ranks it; a plan in JSON says neither. */
  readonly jobName: string | undefined;
  readonly priority: Priority | undefined;
  readonly objects: readonly ReplicatedObject[];
  readonly chunks: readonly PlannedChunk[];
}

export interface ReplicatedObject extends PlannedObject {
  readonly blobs: readonly PlannedBlob[];
  /** Number of the version on the source, from 1. */
  readonly version: number;
}

/** What Get Job To Replicate tells beside the plan: facts that the target does not take over. */
export interface ReplicationSource {
  readonly bucketId: string;
  readonly objects: ReadonlyMap<string, { readonly creationDate: Date | null; readonly latest: boolean }>;
  readonly blobs: ReadonlyMap<string, { readonly checksum: string | null; readonly checksumType: string | null }>;
}

/**
 * The plan as Get Job To Replicate answers it: JSON, keys in alphabetical order, nulls written.
 * Source: DS3 API 4.1, Get Job to Replicate; clients look for `"name":"…","type":"DATA"` without blanks.
 */
export function writeReplication(plan: ReplicationPlan, source: ReplicationSource): string {
  return JSON.stringify({
    blobs: plan.objects.flatMap((object) =>
      object.blobs.map((blob) => ({
        byteOffset: blob.byteOffset,
        checksum: source.blobs.get(blob.id)?.checksum ?? null,
        checksumType: source.blobs.get(blob.id)?.checksumType ?? null,
        id: blob.id,
        length: blob.length,
        objectId: object.id,
      })),
    ),
    chunks: plan.chunks.map((chunk) => ({
      chunkNumber: chunk.number,
      entries: chunk.entries.map((entry) => ({
        blobId: entry.blobId,
        chunkId: chunk.id,
        id: entry.id,
        jobId: plan.jobId,
        orderIndex: entry.orderIndex,
      })),
      id: chunk.id,
    })),
    id: plan.jobId,
    objects: plan.objects.map((object) => ({
      bucketId: source.bucketId,
      creationDate: source.objects.get(object.id)?.creationDate ?? null,
      id: object.id,
      latest: source.objects.get(object.id)?.latest ?? true,
      name: object.name,
      type: object.type,
      version: object.version,
    })),
  });
}

/**
 * Reads what another system says of a PUT job: the JSON of Get Job To Replicate, or a MasterObjectList as XML.
 * The vendor's page asks for one and shows the other (docs/compatibility.md).
 *
 * Entry ids are not in XML; `newId` makes them. Object ids are there from API 5.0 on (`VersionId`); for older sources
 * one is derived from job, name and version, the same each time. Errors: `InvalidArgument`, `MalformedXML`.
 */
export function readReplication(body: string, newId: () => string): ReplicationPlan {
  const text = body.replace(/^\ufeff/, '').trimStart();
  const plan = text.startsWith('{') ? fromJson(text) : text.startsWith('<') ? fromXml(text, newId) : undefined;
  if (!plan) {
    throw refusal('the body is neither the JSON of Get Job To Replicate nor a MasterObjectList in XML');
  }
  checkPlan(plan);
  return plan;
}

function refusal(problem: string, cause?: unknown): Ds3Error {
  return new Ds3Error('InvalidArgument', { message: `The job to replicate cannot be read: ${problem}.`, cause });
}

// ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────────────────

type Json = { readonly [key: string]: unknown };

function fromJson(text: string): ReplicationPlan {
  const root = needRecord(parseJson(text), 'the document');
  const jobId = needUuid(root, 'id', 'the job');
  const blobsOf = new Map<string, { id: string; byteOffset: number; length: number }[]>();
  for (const [index, item] of needList(root, 'blobs').entries()) {
    const place = `blobs[${index}]`;
    const blob = needRecord(item, place);
    const objectId = needUuid(blob, 'objectId', place);
    const id = needUuid(blob, 'id', place);
    const entry = { id, byteOffset: needCount(blob, 'byteOffset', place), length: needCount(blob, 'length', place) };
    blobsOf.set(objectId, [...(blobsOf.get(objectId) ?? []), entry]);
  }
  const objects = needList(root, 'objects').map((item, index) => {
    const place = `objects[${index}]`;
    const object = needRecord(item, place);
    const id = needUuid(object, 'id', place);
    const blobs = (blobsOf.get(id) ?? []).sort((a, b) => a.byteOffset - b.byteOffset);
    blobsOf.delete(id);
    const version = object.version === undefined ? 1 : needCount(object, 'version', place);
    return replicatedObject(id, needText(object, 'name', place), version, blobs);
  });
  const [stray] = blobsOf.keys();
  if (stray !== undefined) throw refusal(`a blob belongs to the object ${stray}, which is not among the objects`);
  const chunks = needList(root, 'chunks').map((item, index) =>
    chunkFromJson(item, `chunks[${index}]`, sizesOf(objects)),
  );
  return { jobId, jobName: undefined, priority: undefined, objects, chunks };
}

function chunkFromJson(item: unknown, place: string, sizes: ReadonlyMap<string, number>): PlannedChunk {
  const chunk = needRecord(item, place);
  const entries = needList(chunk, 'entries', place)
    .map((value, index) => {
      const at = `${place}.entries[${index}]`;
      const entry = needRecord(value, at);
      return {
        id: needUuid(entry, 'id', at),
        blobId: needUuid(entry, 'blobId', at),
        orderIndex: needCount(entry, 'orderIndex', at),
      };
    })
    .sort((a, b) => a.orderIndex - b.orderIndex)
    .map((entry, index) => ({ ...entry, orderIndex: index + 1 }));
  const size = entries.reduce((sum, entry) => sum + (sizes.get(entry.blobId) ?? 0), 0);
  return { id: needUuid(chunk, 'id', place), number: needCount(chunk, 'chunkNumber', place), entries, size };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The vendor's page prints TRUE and FALSE, which people paste; inside strings they stay what they are.
    const repaired = text.replace(/"(?:[^"\\]|\\.)*"|\bTRUE\b|\bFALSE\b/g, (token) =>
      token.startsWith('"') ? token : token.toLowerCase(),
    );
    try {
      return JSON.parse(repaired);
    } catch {
      throw refusal(`it is not JSON (${cause instanceof Error ? cause.message : String(cause)})`, cause);
    }
  }
}

function needRecord(value: unknown, place: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw refusal(`${place} is not an object`);
}

function needList(from: Json, key: string, place = 'the document'): readonly unknown[] {
  const value = from[key];
  if (Array.isArray(value)) return value;
  throw refusal(`${place} has no list '${key}'`);
}

function needUuid(from: Json, key: string, place: string): string {
  const value = from[key];
  if (typeof value === 'string' && isUuid(value)) return value.toLowerCase();
  throw refusal(`'${key}' of ${place} is not a UUID`);
}

function needText(from: Json, key: string, place: string): string {
  const value = from[key];
  if (typeof value === 'string') return value;
  throw refusal(`'${key}' of ${place} is not a text`);
}

function needCount(from: Json, key: string, place: string): number {
  const value = from[key];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw refusal(`'${key}' of ${place} is not a whole number of at least 0`);
}

// ── XML ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

function fromXml(text: string, newId: () => string): ReplicationPlan {
  const list = readMasterObjectList(text);
  const found = new Map<string, { name: string; version: number; blobs: PlannedBlob[] }>();
  const chunks = list.objects.map((chunk): PlannedChunk => {
    const entries = chunk.objects.map((blob, index) => {
      if (blob.id === undefined) throw refusal(`a blob of '${blob.name}' has no Id`);
      const version = blob.version ?? 1;
      const objectId = blob.versionId ?? derivedId(`${list.jobId}/${version}/${blob.name}`);
      const object = found.get(objectId) ?? { name: blob.name, version, blobs: [] };
      found.set(objectId, object);
      if (object.name !== blob.name) throw refusal(`the object ${objectId} has two names`);
      object.blobs.push({ id: blob.id, byteOffset: blob.offset, length: blob.length });
      return { id: newId(), blobId: blob.id, orderIndex: index + 1 };
    });
    const size = chunk.objects.reduce((sum, blob) => sum + blob.length, 0);
    return { id: chunk.chunkId, number: chunk.chunkNumber, entries, size };
  });
  const objects = [...found].map(([id, { name, version, blobs }]) =>
    replicatedObject(
      id,
      name,
      version,
      blobs.sort((a, b) => a.byteOffset - b.byteOffset),
    ),
  );
  return { jobId: list.jobId, jobName: list.name, priority: list.priority, objects, chunks };
}

function readMasterObjectList(text: string): MasterObjectList {
  try {
    return decode(MasterObjectList, text, { lenient: true });
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new Ds3Error('MalformedXML', { message: `The job to replicate cannot be read: ${cause.message}.`, cause });
  }
}

/** A UUID of version 5 in the URL name space: the same for the same text. */
function derivedId(text: string): string {
  const urlNamespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');
  const hash = createHash('sha1').update(urlNamespace).update(`nacre:${text}`).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

// ── Both ────────────────────────────────────────────────────────────────────────────────────────────────────────────

function replicatedObject(id: string, name: string, version: number, blobs: readonly PlannedBlob[]): ReplicatedObject {
  const size = blobs.reduce((sum, blob) => sum + blob.length, 0);
  return { id, name, version, size, type: isFolderName(name) ? 'FOLDER' : 'DATA', blobs };
}

function sizesOf(objects: readonly ReplicatedObject[]): ReadonlyMap<string, number> {
  return new Map(objects.flatMap((object) => object.blobs.map((blob) => [blob.id, blob.length])));
}

/** What must hold whatever the form: ids are unique, blobs cover each object, each blob is in one chunk. */
function checkPlan({ objects, chunks }: ReplicationPlan): void {
  if (objects.length === 0) throw refusal('it lists no objects');
  const unplaced = new Set<string>();
  const names = new Set<string>();
  for (const object of objects) {
    checkObjectName(object.name);
    if (object.type === 'FOLDER' && object.size > 0) throw refusal(`the folder '${object.name}' has data`);
    needNew(names, `${object.version} ${object.name}`, `version ${object.version} of '${object.name}'`);
    let end = 0;
    for (const blob of object.blobs) {
      if (blob.byteOffset !== end) throw refusal(`the blobs of '${object.name}' leave a gap or overlap at byte ${end}`);
      end += blob.length;
      needNew(unplaced, blob.id, `the blob ${blob.id}`);
    }
    if (object.blobs.length === 0) throw refusal(`the object '${object.name}' has no blob`);
    if (object.blobs.length > 1 && object.blobs.some((blob) => blob.length === 0)) {
      throw refusal(`the object '${object.name}' has an empty blob beside others`);
    }
  }
  needNewIds(objects, 'object');
  needNewIds(chunks, 'chunk');
  const numbers = new Set<string>();
  for (const chunk of chunks) {
    needNew(numbers, String(chunk.number), `chunk number ${chunk.number}`);
    if (chunk.entries.length === 0) throw refusal(`the chunk ${chunk.id} has no blobs`);
    for (const { blobId } of chunk.entries) {
      if (!unplaced.delete(blobId))
        throw refusal(`the blob ${blobId} of chunk ${chunk.id} is unknown or in two places`);
    }
  }
  const [lost] = unplaced;
  if (lost !== undefined) throw refusal(`the blob ${lost} is in no chunk`);
}

function needNewIds(things: readonly { readonly id: string }[], what: string): void {
  const seen = new Set<string>();
  for (const { id } of things) needNew(seen, id, `the ${what} ${id}`);
}

function needNew(seen: Set<string>, key: string, what: string): void {
  if (seen.has(key)) throw refusal(`${what} is listed twice`);
  seen.add(key);
}
