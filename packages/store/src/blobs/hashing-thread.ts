import { parentPort } from 'node:worker_threads';
import { type Checksum, type Checksums, checksum, toChecksums } from './checksum.ts';
import type { Order } from './digest-threads.ts';
import { letGo } from './let-go.ts';

// The program of a thread: see digest-threads.ts. Whatever is thrown here ends it.
const digests = new Map<number, readonly Checksum[]>();

parentPort?.on('message', (order: Order) => {
  const sums = digests.get(order.blob) ?? [];
  switch (order.kind) {
    case 'begin':
      digests.set(order.blob, order.types.map(checksum));
      break;
    case 'take':
      for (const piece of order.pieces) {
        for (const sum of sums) sum.update(piece);
        letGo(piece);
      }
      answer({});
      break;
    case 'end':
      answer(toChecksums(sums));
      break;
    case 'forget':
      digests.delete(order.blob);
      break;
  }
});
parentPort?.on('messageerror', (error) => {
  throw error;
});

function answer(checksums: Checksums): void {
  parentPort?.postMessage(checksums);
}
