import type { ServerResponse } from 'node:http';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { drained } from './drained.ts';
import { turnLength } from './turn-length.ts';

/** Up to here an answer is gathered, so that its length can be told; a longer one goes out in chunks. Characters. */
const gatheredLength = 512 * 1024;

/**
 * Writes a text that comes in pieces: whole with its length when it is short, else as it comes, no faster than it is
 * taken. Stops when the client has gone. An error of the pieces before anything was sent is thrown.
 */
export async function sendPieces(response: ServerResponse, pieces: AsyncIterable<string>): Promise<void> {
  let gathered = '';
  let flowing = false;
  let sinceTurn = 0;
  for await (const piece of pieces) {
    if (response.destroyed) return;
    if (!flowing) {
      gathered += piece;
      if (gathered.length < gatheredLength) continue;
      flowing = true;
    }
    const text = gathered === '' ? piece : gathered;
    gathered = '';
    if (!response.write(text)) await drained(response);
    sinceTurn += text.length;
    // On a fast connection `drain` comes without the event loop having turned.
    if (sinceTurn >= turnLength) {
      sinceTurn = 0;
      await othersTurn();
    }
  }
  if (!flowing) response.setHeader('Content-Length', Buffer.byteLength(gathered));
  response.end(flowing ? undefined : gathered);
}
