import { buffer } from 'node:stream/consumers';
import { type BlobStore, openFilesystemBlobStore } from '@nacre/store/blobs';
import type { Wrong } from '../campaign.ts';
import { type Random, randomFrom } from '../random.ts';
import { createSimulatedDisk, type SimulatedDisk } from './simulated-disk.ts';

export interface PowerCuts {
  /** Disk states on which recovery was started. */
  readonly states: number;
  /** Operations that had been acknowledged before the cuts, summed over the states. */
  readonly acknowledged: number;
  readonly wrong: readonly Wrong[];
}

/**
 * Blobs are put, put again, copied and removed in two stores on one disk, several at a time; in every third scenario a
 * call of the disk fails. After each change of the disk the power is cut in `cuts` ways, and the stores are opened on
 * what is left. The same seed does the same.
 */
export async function runScenario(seed: number, cuts: number, use: UseDisk = (disk) => disk): Promise<PowerCuts> {
  const random = randomFrom(seed);
  const disk = use(createSimulatedDisk());
  const known = new Known();
  const found: Found[] = [];
  const stores = await openStores(disk);
  disk.onChange(() => {
    for (let cut = 0; cut < cuts; cut++) found.push({ disk: disk.cut(random), known: known.copy() });
  });
  if (seed % 3 === 0) failOnce(disk, random);
  for (let round = 0; round < 4; round++) {
    await Promise.all(Array.from({ length: 1 + random.below(4) }, () => operate(stores, known, random)));
  }
  const wrong: Wrong[] = [];
  let acknowledged = 0;
  for (const { disk: left, known: then } of found) {
    acknowledged += then.acknowledged;
    for (const problem of await recover(left, then)) wrong.push({ seed, what: problem });
  }
  return { states: found.length, acknowledged, wrong };
}

/** The disk as the stores see it: by tests, to leave something out. */
type UseDisk = (disk: SimulatedDisk) => SimulatedDisk;

interface Found {
  readonly disk: SimulatedDisk;
  readonly known: Known;
}

/** The two stores of the disk by name. */
type Stores = ReadonlyMap<string, BlobStore>;

async function openStores(disk: SimulatedDisk): Promise<Stores> {
  const stores = new Map<string, BlobStore>();
  for (const name of ['cache', 'pool']) stores.set(name, await openFilesystemBlobStore(`/${name}`, disk.calls));
  return stores;
}

/** Some syncing, writing or naming call fails, once. */
function failOnce(disk: SimulatedDisk, random: Random): void {
  const names = ['syncData', 'syncFolder', 'rename', 'write', 'create', 'makeFolder', 'link'] as const;
  const name = names[random.below(names.length)];
  let left = 1 + random.below(6);
  disk.failWhen((made) => made === name && --left === 0, random.below(2) === 0 ? 'EIO' : 'ENOSPC');
}

/** Blobs of two folders of one store: some share the syncs of a folder, some do not. */
const ids = ['01000000', '01000000', '0100ab00'].flatMap((start, at) => [
  `${start}-0000-7000-8000-00000000000${at}`,
  `${start}-0000-7000-8000-00000000001${at}`,
]);

const sizes = [0, 1, 511, 512, 513, 5000, 1_100_000];

async function operate(stores: Stores, known: Known, random: Random): Promise<void> {
  const place = random.below(3) === 0 ? 'pool' : 'cache';
  const id = ids[random.below(ids.length)] ?? '';
  const store = stores.get(place);
  if (!store || known.isBusy(place, id)) return;
  const choice = random.below(8);
  if (choice === 0) return known.removing(place, id, () => store.remove(id));
  const cached = known.surely('cache', id);
  if (choice < 3 && place === 'pool' && cached && !known.isBusy('cache', id)) {
    const from = stores.get('cache');
    if (!from) return;
    return known.putting(place, id, cached, () => store.copyFrom(from, id, { length: cached.length, compute: [] }));
  }
  const bytes = contentOf(random);
  return known.putting(place, id, bytes, () => store.put(id, inPieces(bytes), { length: bytes.length, compute: [] }));
}

function contentOf(random: Random): Buffer {
  // The largest is rare: it takes the disk several writes.
  const kinds = random.below(4) === 0 ? sizes.length : sizes.length - 1;
  // No byte is 0, as those of sectors are that were never written.
  return Buffer.alloc(sizes[random.below(kinds)] ?? 0, 1 + random.below(255));
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** What was promised of each blob, and what may be there because it was begun. */
class Known {
  /** Operations that were acknowledged. */
  acknowledged = 0;
  readonly #blobs: Map<string, KnownBlob>;

  constructor(blobs: ReadonlyMap<string, KnownBlob> = new Map(), acknowledged = 0) {
    this.#blobs = new Map([...blobs].map(([key, blob]) => [key, { ...blob, possible: [...blob.possible] }]));
    this.acknowledged = acknowledged;
  }

  copy(): Known {
    return new Known(this.#blobs, this.acknowledged);
  }

  isBusy(place: string, id: string): boolean {
    return this.#blob(place, id).busy;
  }

  /** The bytes of a blob that is there and that nothing is being done with. */
  surely(place: string, id: string): Buffer | undefined {
    const { busy, possible } = this.#blob(place, id);
    return busy || possible.length !== 1 ? undefined : possible[0];
  }

  entries(): [place: string, id: string, possible: readonly (Buffer | undefined)[]][] {
    return [...this.#blobs].map(([key, { possible }]) => {
      const [place = '', id = ''] = key.split(' ');
      return [place, id, possible];
    });
  }

  async putting(place: string, id: string, bytes: Buffer, work: () => Promise<unknown>): Promise<void> {
    const blob = this.#blob(place, id);
    blob.busy = true;
    blob.possible.push(bytes);
    try {
      await work();
      blob.possible = [bytes];
      this.acknowledged++;
    } catch {
      // The one before or this one: whoever failed does not say.
    } finally {
      blob.busy = false;
    }
  }

  /** A removal promises nothing: its row is gone before, and what comes back is swept. */
  async removing(place: string, id: string, work: () => Promise<unknown>): Promise<void> {
    const blob = this.#blob(place, id);
    blob.busy = true;
    blob.possible.push(undefined);
    await work().catch(() => {});
    blob.busy = false;
  }

  #blob(place: string, id: string): KnownBlob {
    const key = `${place} ${id}`;
    const blob = this.#blobs.get(key) ?? { busy: false, possible: [undefined] };
    this.#blobs.set(key, blob);
    return blob;
  }
}

interface KnownBlob {
  busy: boolean;
  /** What may be found; `undefined` for nothing. */
  possible: (Buffer | undefined)[];
}

/** Opens the stores on what a cut left, and says what is not as it was promised. */
async function recover(disk: SimulatedDisk, known: Known): Promise<string[]> {
  const problems: string[] = [];
  const stores = await openStores(disk);
  for (const [place, store] of stores) {
    const there = new Map<string, Buffer>();
    for await (const id of store.list()) there.set(id, await buffer((await store.read(id)).bytes));
    for (const [of, id, possible] of known.entries()) {
      if (of !== place) continue;
      const bytes = there.get(id);
      const isRight = possible.some((each) => (bytes && each ? each.equals(bytes) : bytes === each));
      if (!isRight) problems.push(`${place}/${id}: ${bytes ? `${bytes.length} bytes that were never put` : 'lost'}`);
      there.delete(id);
    }
    for (const id of there.keys()) problems.push(`${place}/${id}: nobody put it`);
    for await (const { name } of store.parts()) await store.removePart(name);
    const [id = ''] = ids;
    const bytes = Buffer.from('after the cut');
    await store.put(id, inPieces(bytes), { length: bytes.length, compute: [] });
    if (!(await buffer((await store.read(id)).bytes)).equals(bytes)) problems.push(`${place}: takes no blobs`);
  }
  return problems;
}
