import { createDigestThreads } from '../../src/blobs/digest-threads.ts';

// Has a thread digest a few bytes, says what it found, and has nothing else to do.
const threads = createDigestThreads({ threads: 1, leastLength: 0, ahead: 100, together: 100 });
const digests = threads.begin({ length: 9, compute: ['MD5'], ownsPieces: true });
await digests?.take([Buffer.from('123456789')]);
const found = await digests?.end();
digests?.stop();
process.stdout.write(`${found?.MD5}\n`);
