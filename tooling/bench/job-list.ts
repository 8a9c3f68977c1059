import { encodePieces, MasterObjectList } from '@nacre/model';

/** A PUT job of so many objects in chunks of 1,000, as a server answers it. Ids and names differ, the rest is alike. */
export function jobList(objects: number): MasterObjectList {
  return { ...jobOf(objects), objects: [...chunksOf(objects)] };
}

/** The same, of which each chunk is made when it is asked for. */
export function growingJobList(objects: number): MasterObjectList {
  return { ...jobOf(objects), objects: chunksOf(objects) as Iterable<Chunk> as Chunk[] };
}

type Chunk = MasterObjectList['objects'][number];

function jobOf(objects: number): Omit<MasterObjectList, 'objects'> {
  return {
    aggregating: false,
    bucketName: 'library',
    cachedSizeInBytes: 0,
    chunkClientProcessingOrderGuarantee: 'NONE',
    completedSizeInBytes: 0,
    entirelyInCache: false,
    jobId: idOf(1),
    naked: false,
    name: 'reels',
    nodes: [{ endPoint: '127.0.0.1', httpPort: 8080, id: idOf(2) }],
    originalSizeInBytes: objects * 1024,
    priority: 'NORMAL',
    requestType: 'PUT',
    startDate: new Date('2026-11-22T09:15:00Z'),
    status: 'IN_PROGRESS',
    userId: idOf(3),
    userName: 'Administrator',
  };
}

const chunkLength = 1000;

function* chunksOf(objects: number): Generator<Chunk, void> {
  for (let chunkNumber = 0; chunkNumber * chunkLength < objects; chunkNumber++) {
    yield {
      chunkId: idOf(1000 + chunkNumber),
      chunkNumber,
      nodeId: idOf(2),
      objects: Array.from({ length: Math.min(chunkLength, objects - chunkNumber * chunkLength) }, (_, i) => {
        const number = chunkNumber * chunkLength + i;
        return {
          bucket: 'library',
          id: idOf(1e6 + 2 * number),
          inCache: false,
          latest: true,
          length: 1_048_576 + number,
          name: `project/reel-${chunkNumber}/frame-${String(number).padStart(7, '0')}.dpx`,
          offset: 0,
          version: 1,
          versionId: idOf(1e6 + 2 * number + 1),
        };
      }),
    };
  }
}

/** The document of `list` as bytes. */
export function documentOf(list: MasterObjectList): Buffer {
  const pieces: Buffer[] = [];
  for (const piece of encodePieces(MasterObjectList, list)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** Scattered over all digits, as ids are, and the same in each run. Quick, as what is measured may ask for a million. */
function idOf(number: number): string {
  let at = 0;
  for (const factor of [0x9e3779b1, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f]) {
    const part = Math.imul(number + 1, factor);
    for (let shift = 28; shift >= 0; shift -= 4) {
      if (at === 8 || at === 13 || at === 18 || at === 23) at += 1;
      idText[at] = digits.charCodeAt((part >>> shift) & 0xf);
      at += 1;
    }
  }
  return idText.toString('latin1');
}

const digits = '0123456789abcdef';
const idText = Buffer.from('00000000-0000-0000-0000-000000000000');
