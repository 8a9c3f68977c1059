import type { ServerResponse } from 'node:http';
import { letGo } from '@nacre/store/blobs';
import { drained } from './drained.ts';

/** Sends pieces that nobody else looks at, as fast as the client takes them; stops when it has gone. */
export async function sendAll(response: ServerResponse, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece, () => letGo(piece))) await drained(response);
  }
}
