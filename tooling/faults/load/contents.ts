import { createHash } from 'node:crypto';

/** Bytes that say whose they are all the way through, so that a mix of two contents, or a hole, is seen. */
export interface Content {
  readonly size: number;
  /** Different for each content. */
  readonly label: string;
}

export function bytesOf({ size, label }: Content): Buffer {
  return Buffer.alloc(size, `${label}|`);
}

/** As the journal knows a content: by its bytes alone. */
export function digestOf(bytes: Uint8Array): string {
  return `${bytes.length} bytes ${createHash('sha256').update(bytes).digest('base64')}`;
}

/** All that an answer brings. */
export async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
