import type { DescribedBlob } from '@nacre/store';

/** What is told of a blob that was just planned; nothing of it was received. */
export type PlannedFacts = Omit<DescribedBlob, 'orderIndex' | 'isReceived' | 'isCached'>;

/** Bytes of a page, or more where one record needs them. */
const pageSize = 64 * 1024;

/** Length of an id as text. */
const idSize = 36;

/** Where the parts of a record begin: the ids of blob and object, four numbers of eight bytes, and the name. */
const at = { ids: 0, byteOffset: 72, length: 80, version: 88, nameSize: 96, name: 104 };

/** Bytes of a job's blobs that are kept: of about a million. */
const mostBytes = 128 * 1024 * 1024;

/** Where the first record of a chunk is, and how many there are. */
interface Run {
  readonly page: number;
  readonly start: number;
  blobs: number;
}

/**
 * The blobs of a job that has just been made, by chunk, so that its answer need not read them again: a third of what the
 * database does for a new job would be reading it. They are kept as bytes outside of the JavaScript heap, about 130 for
 * each, and nothing for the garbage collector to look through. Of a job that takes more than `most` bytes none are kept.
 */
export class KnownBlobs {
  readonly #most: number;
  #pages: Buffer[] = [];
  /** Bytes of all pages. */
  #size = 0;
  /** What is written of the last page. */
  #end = 0;
  #runs = new Map<string, Run>();

  constructor(most: number = mostBytes) {
    this.#most = most;
  }

  /** The blobs of a chunk come one behind the other, in their order in it. */
  add({ chunkId, blobId, objectId, byteOffset, length, version, name }: PlannedFacts): void {
    // No character takes more than three bytes for each of its UTF-16 units.
    const page = this.#pageWith(at.name + name.length * 3);
    if (!page) return;
    const start = this.#end;
    const run = this.#runs.get(chunkId);
    if (run) run.blobs += 1;
    else this.#runs.set(chunkId, { page: this.#pages.length - 1, start, blobs: 1 });
    page.write(blobId + objectId, start + at.ids, 2 * idSize, 'latin1');
    page.writeDoubleLE(byteOffset, start + at.byteOffset);
    page.writeDoubleLE(length, start + at.length);
    page.writeDoubleLE(version, start + at.version);
    const nameSize = page.write(name, start + at.name, 'utf8');
    page.writeDoubleLE(nameSize, start + at.nameSize);
    this.#end = start + at.name + nameSize;
  }

  forget(): void {
    this.#pages = [];
    this.#runs = new Map();
    this.#size = 0;
    this.#end = 0;
  }

  /** All blobs of a chunk that has so many; `undefined` where they are not known. */
  of({ id, blobs }: { readonly id: string; readonly blobs: number }): Iterable<DescribedBlob> | undefined {
    const run = this.#runs.get(id);
    return run?.blobs === blobs ? this.#read(id, run) : undefined;
  }

  /** The last page, or a new one, with room for so many bytes; `undefined` where they would be too many. */
  #pageWith(bytes: number): Buffer | undefined {
    if (this.#size > this.#most) return undefined;
    const last = this.#pages.at(-1);
    if (last && this.#end + bytes <= last.length) return last;
    if (last) this.#pages[this.#pages.length - 1] = last.subarray(0, this.#end);
    const size = Math.max(pageSize, bytes);
    this.#size += size;
    this.#end = 0;
    if (this.#size > this.#most) {
      this.#pages = [];
      this.#runs = new Map();
      return undefined;
    }
    const page = Buffer.allocUnsafeSlow(size);
    this.#pages.push(page);
    return page;
  }

  *#read(chunkId: string, run: Run): Generator<DescribedBlob, void, undefined> {
    let { page: number, start } = run;
    for (let orderIndex = 1; orderIndex <= run.blobs; orderIndex++) {
      if (start === this.#pages[number]?.length) {
        number += 1;
        start = 0;
      }
      const page = this.#pages[number] as Buffer;
      const ids = page.toString('latin1', start + at.ids, start + at.ids + 2 * idSize);
      const nameEnd = start + at.name + page.readDoubleLE(start + at.nameSize);
      yield {
        chunkId,
        orderIndex,
        blobId: ids.slice(0, idSize),
        byteOffset: page.readDoubleLE(start + at.byteOffset),
        length: page.readDoubleLE(start + at.length),
        isReceived: false,
        isCached: false,
        objectId: ids.slice(idSize),
        name: page.toString('utf8', start + at.name, nameEnd),
        version: page.readDoubleLE(start + at.version),
      };
      start = nameEnd;
    }
  }
}
