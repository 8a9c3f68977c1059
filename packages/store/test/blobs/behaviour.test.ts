import { openBlobStore, openCache } from '../../src/blobs/index.ts';
import { describeBlobStore, freshFolder } from '../../src/testing/index.ts';

describeBlobStore('memory', async () => openBlobStore('memory:'));
describeBlobStore('filesystem', async () => openBlobStore(`file:${await freshFolder()}`));
describeBlobStore('cache', async () => openCache(await openBlobStore(`file:${await freshFolder()}`), 1e9));
