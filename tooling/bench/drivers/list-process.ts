// `encode OBJECTS` writes a MasterObjectList that is made as it is written, in pieces of which none is kept, and gives way
// to others as often as the server does; before that a small one, to be warm. `decode OBJECTS FILE` reads one from a file
// and keeps nothing. Prints a ListResult.
import { createReadStream } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { encodePieces, MasterObjectList } from '@nacre/model';
import { turnLength } from '../../../apps/server/src/http/turn-length.ts';
import { growingJobList } from '../job-list.ts';
import { countObjects, pieceLength } from '../list-pieces.ts';
import { mostMemory } from '../memory.ts';
import type { ListResult } from './list.ts';

const warmUpObjects = 10_000;

if (import.meta.main) {
  const [action, objects, file = ''] = process.argv.slice(2);
  if (action === 'encode') await encodeList(warmUpObjects);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const firstMilliseconds = action === 'encode' ? await encodeList(Number(objects)) : undefined;
  if (action === 'decode') await countObjects(createReadStream(file, { highWaterMark: pieceLength }), Number(objects));
  // So that the loop has been looked at once however soon it is over.
  await pause(5);
  const result: ListResult = {
    megabytes: mostMemory(process.pid),
    firstMilliseconds,
    longestBlockMilliseconds: delay.max / 1e6,
  };
  process.stdout.write(JSON.stringify(result));
}

/** Answers how long the first piece took. */
async function encodeList(objects: number): Promise<number> {
  const place = Buffer.alloc(turnLength);
  const began = performance.now();
  let first: number | undefined;
  let sinceTurn = 0;
  for (const piece of encodePieces(MasterObjectList, growingJobList(objects))) {
    place.write(piece);
    first ??= performance.now() - began;
    sinceTurn += piece.length;
    if (sinceTurn < turnLength) continue;
    sinceTurn = 0;
    await nextTurn();
  }
  return first ?? 0;
}
