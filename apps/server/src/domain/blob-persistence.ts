import { Ds3Error, isUuid } from '@nacre/model';

/** What is known of a blob that another system asks for. */
export interface BlobPersistence {
  readonly id: string;
  /** Base64; null until it was received. */
  readonly checksum: string | null;
  readonly checksumType: string | null;
  readonly inCache: boolean;
  readonly length: number;
  /** Copies on permanent storage. */
  readonly permanentCopies: number;
}

const mostBlobs = 100_000;

/**
 * Reads which blobs another system asks about: JSON, `{"blobs":["<uuid>",…]}`. The vendor's format is not published;
 * this one is our own, see docs/compatibility.md. Errors: `InvalidArgument`.
 */
export function readPersistenceRequest(text: string): string[] {
  const { blobs } = parse(text);
  if (!Array.isArray(blobs) || blobs.length > mostBlobs) {
    throw refusal(`'blobs' has to be a list of at most ${mostBlobs} ids`);
  }
  return blobs.map((id) => {
    if (typeof id === 'string' && isUuid(id)) return id.toLowerCase();
    throw refusal("an entry of 'blobs' is not a UUID");
  });
}

/** The answer: JSON, `{"blobs":[{"id":…},…]}`; blobs that are not known here are left out. */
export function writePersistence(blobs: readonly BlobPersistence[]): string {
  return JSON.stringify({
    blobs: blobs.map(({ id, checksum, checksumType, inCache, length, permanentCopies }) => ({
      checksum,
      checksumType,
      id,
      inCache,
      length,
      permanentCopies,
    })),
  });
}

function parse(text: string): { readonly blobs?: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refusal('it is not JSON', cause);
  }
  if (typeof value === 'object' && value !== null) return value;
  throw refusal('it is not an object');
}

function refusal(problem: string, cause?: unknown): Ds3Error {
  return new Ds3Error('InvalidArgument', { message: `The question about blobs cannot be read: ${problem}.`, cause });
}
