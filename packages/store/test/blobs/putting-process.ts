import { randomBytes, randomUUID } from 'node:crypto';
import { openBlobStore } from '../../src/blobs/index.ts';

// Puts blobs without end, many at once, and says of each that is stored its id and checksum.
const store = await openBlobStore(`file:${process.argv[2]}`);

async function putOneAfterAnother(): Promise<never> {
  for (let size = 1; ; size = (size * 7) % 500_009) {
    const id = randomUUID();
    const source = async function* () {
      for (let left = size; left > 0; left -= 65_536) yield randomBytes(Math.min(left, 65_536));
    };
    const { checksums } = await store.put(id, source(), { length: size, compute: ['SHA_256'] });
    process.stdout.write(`${id} ${checksums.SHA_256}\n`);
  }
}

await Promise.all(Array.from({ length: 16 }, putOneAfterAnother));
