/** Bytes that one blob gathers before they are written, the pieces these may be, and what all blobs gather together. */
export interface GatheringLimits {
  readonly bytes: number;
  readonly pieces: number;
  readonly together: number;
}

/** Gathers the pieces of blobs that arrive at the same time, until it is worth to write them. */
export interface Gathering {
  begin(write: (pieces: readonly Uint8Array[]) => Promise<void>): Gatherer;
}

/** Gathers the pieces of one blob. What has been gathered is written while the next pieces arrive. */
export interface Gatherer {
  /** Resolves when there is room for another piece. Errors: those of an earlier write. */
  take(piece: Uint8Array): Promise<void>;
  /** Writes the rest. Errors: those of a write. */
  end(): Promise<void>;
  /** To be called whatever happened: forgets what was not written, and waits until no write is under way. */
  stop(): Promise<void>;
}

/**
 * Where the blobs gather more than they may together, those are written first that have waited longest: a client that
 * stops in the middle has as little of the memory as one that never began.
 */
export function createGathering(limits: GatheringLimits): Gathering {
  /** Those that have gathered something, in the order in which they began to. */
  const waiting = new Set<PieceGatherer>();
  let gathered = 0;
  const room: Room = {
    took(one, bytes) {
      gathered += bytes;
      waiting.add(one);
      for (const oldest of waiting) {
        if (gathered <= limits.together) return true;
        oldest.writeUnlessBusy();
      }
      return gathered <= limits.together;
    },
    gave(one, bytes) {
      gathered -= bytes;
      waiting.delete(one);
    },
  };
  return { begin: (write) => new PieceGatherer(limits, write, room) };
}

/** What all gather together. */
interface Room {
  /** Answers whether there is room for more. */
  took(one: PieceGatherer, bytes: number): boolean;
  /** It has nothing now. */
  gave(one: PieceGatherer, bytes: number): void;
}

/** Pieces that are smaller are joined, up to a size: on its own each costs some hundred bytes more than it has. */
const smallPiece = 1024;
const joinedSize = 16 * 1024;

class PieceGatherer implements Gatherer {
  readonly #limits: GatheringLimits;
  readonly #write: (pieces: readonly Uint8Array[]) => Promise<void>;
  readonly #room: Room;
  #pieces: Uint8Array[] = [];
  #size = 0;
  /** Holds the last piece, and has room for more, when that one was joined. */
  #joined: Buffer | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;

  constructor(limits: GatheringLimits, write: (pieces: readonly Uint8Array[]) => Promise<void>, room: Room) {
    this.#limits = limits;
    this.#write = write;
    this.#room = room;
  }

  async take(piece: Uint8Array): Promise<void> {
    if (piece.length === 0) return;
    this.#add(piece);
    this.#size += piece.length;
    const hasRoom = this.#room.took(this, piece.length);
    const { bytes, pieces } = this.#limits;
    if (this.#size >= bytes || this.#pieces.length >= pieces || !hasRoom) await this.#writeInTurn();
  }

  async end(): Promise<void> {
    await this.#writeInTurn();
    await this.#writing;
  }

  async stop(): Promise<void> {
    this.#clear();
    await this.#writing.catch(() => {});
  }

  writeUnlessBusy(): void {
    if (this.#isWriting || this.#size === 0) return;
    this.#isWriting = true;
    const before = this.#writing;
    const pieces = this.#pieces;
    this.#clear();
    this.#writing = before
      .then(() => this.#write(pieces))
      .finally(() => {
        this.#isWriting = false;
      });
    // It is looked at with the next piece: until then its failure is nobody's.
    this.#writing.catch(() => {});
  }

  async #writeInTurn(): Promise<void> {
    do await this.#writing;
    while (this.#isWriting);
    this.writeUnlessBusy();
  }

  #add(piece: Uint8Array): void {
    const last = this.#pieces.at(-1);
    const size = (last?.length ?? 0) + piece.length;
    if (last === undefined || piece.length >= smallPiece || size > joinedSize) {
      this.#pieces.push(piece);
      this.#joined = undefined;
      return;
    }
    if (this.#joined === undefined || this.#joined.length < size) {
      this.#joined = Buffer.allocUnsafeSlow(Math.min(joinedSize, 2 * size));
      this.#joined.set(last);
    }
    this.#joined.set(piece, last.length);
    this.#pieces[this.#pieces.length - 1] = this.#joined.subarray(0, size);
  }

  #clear(): void {
    this.#room.gave(this, this.#size);
    this.#pieces = [];
    this.#joined = undefined;
    this.#size = 0;
  }
}
