export { atEnd } from './at-end.ts';
export { describeBlobStore } from './blob-store.ts';
export { freshDatabase, testDatabase } from './database.ts';
export { freshFolder } from './folder.ts';
