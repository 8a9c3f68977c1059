import { link, mkdir, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { isDs3Error } from '@nacre/model';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AtOnce } from '../../src/blobs/at-once.ts';
import type { BlobStore } from '../../src/blobs/blob-store.ts';
import { type FileSystemCalls, fileSystemCalls } from '../../src/blobs/file-system-calls.ts';
import { openFilesystemBlobStore } from '../../src/blobs/filesystem.ts';
import { createMemoryBlobStore } from '../../src/blobs/memory.ts';
import { freshFolder } from '../../src/testing/index.ts';
import { faultyCalls } from './faulty-calls.ts';

const first = '0192f0a0-1b2c-7d3e-8f40-000000000001';
const second = '0192f0a0-1b2c-7d3e-8f40-000000000002';

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

const mebibyte = Buffer.alloc(1024 * 1024, 'reel one, ');

async function* many(piece: Uint8Array, times: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < times; sent++) yield piece;
}

function put(store: BlobStore, id: string, text: string) {
  return store.put(id, pieces(text), { length: Buffer.byteLength(text), compute: [] });
}

async function textOf(store: BlobStore, id: string): Promise<string> {
  return (await buffer((await store.read(id)).bytes)).toString();
}

async function namesOf(store: BlobStore): Promise<string[]> {
  const names: string[] = [];
  for await (const name of store.list()) names.push(name);
  return names.sort();
}

async function partsOf(store: BlobStore): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of store.parts()) names.push(name);
  return names;
}

let root: string;
beforeEach(async () => {
  root = await freshFolder();
});

describe('on the disk', () => {
  test('a blob is a file named by its id, below two folders named by its digits', async () => {
    const store = await openFilesystemBlobStore(root);
    await put(store, 'ABCDEF01-2345-4789-8abc-def012345678', 'x');
    expect(await readdir(join(root, 'ef', '01'))).toEqual(['abcdef01-2345-4789-8abc-def012345678']);
    expect(store.localPath('ABCDEF01-2345-4789-8abc-def012345678')).toBe(
      join(root, 'ef', '01', 'abcdef01-2345-4789-8abc-def012345678'),
    );
  });

  test('nobody but its owner may read it', async () => {
    const store = await openFilesystemBlobStore(root);
    await put(store, first, 'x');
    const { mode } = await stat(store.localPath(first) ?? '');
    expect(mode & 0o777).toBe(0o600);
  });

  test('blobs are there after it is opened again', async () => {
    await put(await openFilesystemBlobStore(root), first, 'x');
    const again = await openFilesystemBlobStore(root);
    expect(await textOf(again, first)).toBe('x');
    expect(await namesOf(again)).toEqual([first]);
  });

  test('files and folders of others are not taken for blobs', async () => {
    const store = await openFilesystemBlobStore(root);
    await put(store, first, 'x');
    await mkdir(join(root, 'lost+found'));
    await writeFile(join(root, 'README'), '');
    await writeFile(join(root, 'parts', 'README'), '');
    await writeFile(join(root, 'f0', 'a0', 'README'), '');
    expect(await namesOf(store)).toEqual([first]);
    expect(await partsOf(store)).toEqual([]);
  });

  test('what a crash left is listed with its size and age, and can be removed', async () => {
    const store = await openFilesystemBlobStore(root);
    const name = `${first}.0123456789abcdef`;
    await writeFile(join(root, 'parts', name), 'half');
    for await (const part of store.parts()) {
      expect(part).toMatchObject({ name, length: 4 });
      expect(Math.abs(Date.now() - part.writtenAt.getTime())).toBeLessThan(60_000);
    }
    expect(await partsOf(store)).toEqual([name]);
    await store.removePart(name);
    await store.removePart(name);
    expect(await partsOf(store)).toEqual([]);
    await expect(store.removePart('../a0')).rejects.toSatisfy((error) => isDs3Error(error, 'InvalidArgument'));
  });

  test('a file that was cut off ends the reading with an error', async () => {
    const store = await openFilesystemBlobStore(root);
    await put(store, first, '123456789');
    const reading = await store.read(first);
    await truncate(store.localPath(first) ?? '', 4);
    await expect(buffer(reading.bytes)).rejects.toThrow('ends after 4 bytes');
  });

  test('its file system has a size', async () => {
    const { size, free } = (await (await openFilesystemBlobStore(root)).space()) ?? { size: 0, free: 0 };
    expect(size).toBeGreaterThan(free);
    expect(free).toBeGreaterThan(0);
  });
});

describe.each([
  ['at once', true],
  ['in a thread', false],
])('the calls of a read that are made %s', (_, now) => {
  const atOnce: AtOnce = (call) => call(now);

  test('are three for a few bytes, and leave nothing open', async () => {
    const { calls, made, open } = faultyCalls();
    const store = await openFilesystemBlobStore(root, calls, atOnce);
    await put(store, first, 'abcdef');
    made.length = 0;
    const reading = await store.read(first, { offset: 2, length: 3 });
    expect(made).toEqual(['open', 'read', 'close']);
    expect([...open]).toEqual([]);
    expect((await buffer(reading.bytes)).toString()).toBe('cde');
    await reading.close();
    expect(made).toEqual(['open', 'read', 'close']);
  });

  test('leave nothing open when they fail or find too little', async () => {
    const { calls, open, failWhen } = faultyCalls();
    const store = await openFilesystemBlobStore(root, calls, atOnce);
    await put(store, first, 'abcdef');
    await expect(store.read(first, { offset: 4, length: 3 })).rejects.toThrow('are not among 6');
    failWhen((name) => name === 'read');
    await expect(store.read(first, { offset: 0, length: 3 })).rejects.toThrow('EIO');
    expect([...open]).toEqual([]);
  });

  test('fail as the disk does', async () => {
    const { calls, open } = faultyCalls();
    const store = await openFilesystemBlobStore(root, calls, atOnce);
    const reading = store.read(first, { offset: 0, length: 3 });
    await expect(reading).rejects.toSatisfy((error) => isDs3Error(error, 'NotFound'));
    await mkdir(store.localPath(first) ?? '', { recursive: true });
    await expect(store.read(first, { offset: 0, length: 3 })).rejects.toMatchObject({ code: 'EISDIR' });
    expect([...open]).toEqual([]);
  });
});

test('a call that is made at once is over when its promise is there', async () => {
  await writeFile(join(root, 'file'), 'abcdef');
  const file = await fileSystemCalls.open(join(root, 'file'), true);
  const into = Buffer.alloc(3);
  const reading = fileSystemCalls.read(file, into, 2, true);
  expect(into.toString()).toBe('cde');
  expect(await reading).toBe(3);
  await fileSystemCalls.close(file);
});

test('only few bytes, of which it is known how many, are read at once', async () => {
  const ways: (boolean | undefined)[] = [];
  const calls: FileSystemCalls = {
    ...fileSystemCalls,
    open(path, now) {
      ways.push(now);
      return fileSystemCalls.open(path, now);
    },
    read(file, into, position, now) {
      ways.push(now);
      return fileSystemCalls.read(file, into, position, now);
    },
  };
  const store = await openFilesystemBlobStore(root, calls, (call) => call(true));
  await put(store, first, 'x'.repeat(65_537));
  for (const range of [{ offset: 1, length: 65_536 }, { offset: 0, length: 65_537 }, undefined]) {
    ways.length = 0;
    await buffer((await store.read(first, range)).bytes);
    expect(ways).toEqual(range?.length === 65_536 ? [true, true] : [undefined, undefined]);
  }
});

describe('the calls of a put', () => {
  test('sync the bytes before they get their name, and the folders before it is done', async () => {
    const { calls, made } = faultyCalls();
    const store = await openFilesystemBlobStore(root, calls);
    made.length = 0;
    await put(store, first, 'x');
    expect(made).toEqual([
      ...['create', 'write', 'syncData', 'close'],
      ...['lengthIn', 'makeFolder', 'rename', 'syncFolder', 'syncFolder', 'syncFolder'],
    ]);
    made.length = 0;
    await put(store, second, 'x');
    expect(made).toEqual(['create', 'write', 'syncData', 'close', 'lengthIn', 'rename', 'syncFolder']);
  });

  test('write pieces together, up to a megabyte', async () => {
    const { calls, made } = faultyCalls();
    const store = await openFilesystemBlobStore(root, calls);
    const piece = Buffer.alloc(65_536, 'x');
    const source = async function* () {
      for (let sent = 0; sent < 40; sent++) yield piece;
    };
    await store.put(first, source(), { length: 40 * 65_536, compute: [] });
    expect(made.filter((name) => name === 'write')).toHaveLength(3);
  });

  test('sync a large blob while it arrives, and once more when it is there', async () => {
    const { calls, made, open } = faultyCalls();
    const store = await openFilesystemBlobStore(root, calls);
    await store.put(first, many(mebibyte, 70), { length: 70 * mebibyte.length, compute: [] });
    expect(made.filter((name) => name === 'syncData')).toHaveLength(2);
    expect(made.indexOf('syncData')).toBeLessThan(made.lastIndexOf('write'));
    expect(open.size).toBe(0);
  });

  test('go on where a write took only a part', async () => {
    const calls = {
      ...fileSystemCalls,
      write: (file: number, parts: readonly Uint8Array[]) => {
        const [part] = parts;
        return fileSystemCalls.write(file, part ? [part.subarray(0, 3)] : []);
      },
    };
    const store = await openFilesystemBlobStore(root, calls);
    await store.put(first, pieces('12345', '', '6', '789'), { length: 9, compute: [] });
    expect(await textOf(store, first)).toBe('123456789');
  });

  test('end with an error when a disk takes nothing', async () => {
    const store = await openFilesystemBlobStore(root, { ...fileSystemCalls, write: async () => 0 });
    await expect(put(store, first, 'x')).rejects.toThrow('takes no bytes');
  });

  test('close the file after the last write has ended, also when the source breaks meanwhile', async () => {
    const order: string[] = [];
    const calls = {
      ...fileSystemCalls,
      async write(file: number, parts: readonly Uint8Array[]) {
        // Long enough for the source to break.
        for (let turn = 0; turn < 20; turn++) await fileSystemCalls.inspect(root);
        const written = await fileSystemCalls.write(file, parts);
        order.push('written');
        return written;
      },
      close(file: number) {
        order.push('closed');
        return fileSystemCalls.close(file);
      },
    };
    const store = await openFilesystemBlobStore(root, calls);
    async function* breaking() {
      yield Buffer.alloc(2_000_000);
      throw new Error('the peer went away');
    }
    await expect(store.put(first, breaking(), { length: 3_000_000, compute: [] })).rejects.toThrow('went away');
    expect(order).toEqual(['written', 'closed']);
  });

  test('of many blobs in one folder share its syncs', async () => {
    const { calls, made } = faultyCalls();
    const store = await openFilesystemBlobStore(root, calls);
    await put(store, first, 'x');
    made.length = 0;
    const ids = Array.from({ length: 50 }, (_, at) => `0192f0a0-1b2c-7d3e-8f40-0000000001${10 + at}`);
    await Promise.all(ids.map((id) => put(store, id, 'x')));
    expect(made.filter((name) => name === 'rename')).toHaveLength(50);
    expect(made.filter((name) => name === 'syncFolder').length).toBeLessThan(40);
  });
});

describe('when the disk fails', () => {
  /** Does something with a store again and again, of whose calls first the first fails, then the second, until none does. */
  async function failEach(
    prepare: (store: BlobStore) => Promise<unknown>,
    act: (store: BlobStore) => Promise<unknown>,
    look: (store: BlobStore, failed: boolean, call: string) => Promise<void>,
  ): Promise<number> {
    for (let n = 1; ; n++) {
      const { calls, made, open, failWhen } = faultyCalls();
      const folder = await freshFolder();
      const store = await openFilesystemBlobStore(folder, calls);
      await prepare(store);
      made.length = 0;
      failWhen(() => made.length === n);
      const failed = await act(store).then(
        () => false,
        () => true,
      );
      const call = `${n}: ${made[n - 1] ?? 'none'}`;
      const reached = made.length >= n;
      failWhen(() => false);
      await look(store, failed, call);
      expect(open.size, call).toBe(0);
      if (!reached) return n;
    }
  }

  test('in any call of a put, no blob of it is there and none is lost', async () => {
    const calls = await failEach(
      (store) => put(store, second, 'kept'),
      (store) => put(store, first, '123456789'),
      async (store, failed, call) => {
        expect(await namesOf(store), call).toEqual(failed ? [second] : [first, second]);
        expect(await textOf(store, second), call).toBe('kept');
        expect(await partsOf(store), call).toEqual([]);
      },
    );
    expect(calls).toBeGreaterThan(7);
  });

  test('in any call of a second put, the first or the second is there', async () => {
    await failEach(
      (store) => put(store, first, 'first'),
      (store) => put(store, first, 'second'),
      async (store, failed, call) => {
        expect(await namesOf(store), call).toEqual([first]);
        expect(failed ? ['first', 'second'] : ['second'], call).toContain(await textOf(store, first));
        expect(await partsOf(store), call).toEqual([]);
      },
    );
  });

  test('in any call of a copy, the copy is whole or not there, and the other store has its blob', async () => {
    const other = await openFilesystemBlobStore(root);
    await put(other, first, '123456789');
    await failEach(
      async () => {},
      (store) => store.copyFrom(other, first, { length: 9, compute: [] }),
      async (store, failed, call) => {
        if (!failed) expect(await textOf(store, first), call).toBe('123456789');
        expect(await textOf(other, first), call).toBe('123456789');
      },
    );
  });

  test.each(['syncData', 'syncFolder'] as const)(
    'to do %s, the store takes no more blobs, and says why',
    async (name) => {
      const { calls, failWhen } = faultyCalls();
      const store = await openFilesystemBlobStore(root, calls);
      await put(store, first, 'kept');
      failWhen((call) => call === name);
      await expect(put(store, second, 'x')).rejects.toSatisfy((error) => isDs3Error(error, 'ServiceUnavailable'));
      failWhen(() => false);
      expect(store.state()).toEqual({ writable: false, reason: `${root} failed to sync: EIO: ${name}` });
      await expect(put(store, second, 'x')).rejects.toSatisfy((error) => isDs3Error(error, 'ServiceUnavailable'));
      const copying = store.copyFrom(store, first, { length: 4, compute: [] });
      await expect(copying).rejects.toSatisfy((error) => isDs3Error(error, 'ServiceUnavailable'));
      expect(await textOf(store, first)).toBe('kept');
      expect(await namesOf(store)).toEqual([first]);
      expect(await store.remove(first)).toBe(4);
    },
  );

  test('to sync a large blob while it arrives, it is not taken, though a later sync succeeds', async () => {
    const { calls, made, open, failWhen } = faultyCalls();
    const store = await openFilesystemBlobStore(root, calls);
    failWhen((name) => name === 'syncData' && made.filter((call) => call === name).length === 1);
    const putting = store.put(first, many(mebibyte, 70), { length: 70 * mebibyte.length, compute: [] });
    await expect(putting).rejects.toSatisfy((error) => isDs3Error(error, 'ServiceUnavailable'));
    expect(store.state()).toEqual({ writable: false, reason: `${root} failed to sync: EIO: syncData` });
    expect(await namesOf(store)).toEqual([]);
    expect(await partsOf(store)).toEqual([]);
    expect(open.size).toBe(0);
  });

  test('to sync a folder, no blob is acknowledged that waits for the next sync of it', async () => {
    let syncs = 0;
    const calls = {
      ...fileSystemCalls,
      async syncFolder(path: string) {
        if (path !== join(root, 'a0', '1b') || ++syncs !== 2) return fileSystemCalls.syncFolder(path);
        // Long enough for the others to be waiting behind it.
        await Promise.all(Array.from({ length: 200 }, () => fileSystemCalls.inspect(root)));
        throw new Error('EIO');
      },
    };
    const store = await openFilesystemBlobStore(root, calls);
    await put(store, first, 'kept').catch(() => {});
    const ids = Array.from({ length: 20 }, (_, at) => `0192a01b-1b2c-7d3e-8f40-0000000001${10 + at}`);
    await put(store, '0192a01b-1b2c-7d3e-8f40-000000000100', 'x');
    const outcomes = await Promise.allSettled(ids.map((id) => put(store, id, 'x')));
    expect(syncs).toBeGreaterThan(2);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(0);
    expect(await namesOf(store)).toHaveLength(2);
  });

  test.each([
    ['ENOSPC', 'InsufficientSpace'],
    ['EDQUOT', 'InsufficientSpace'],
    ['EIO', 'ServiceUnavailable'],
    ['EROFS', 'ServiceUnavailable'],
    ['EMFILE', 'ServiceUnavailable'],
  ] as const)('with %s, put is %s', async (code, meaning) => {
    const { calls, failWhen } = faultyCalls();
    const store = await openFilesystemBlobStore(root, calls);
    failWhen((name) => name === 'write', code);
    await expect(put(store, first, 'x')).rejects.toSatisfy((error) => isDs3Error(error, meaning));
    expect(store.state().writable).toBe(true);
  });
});

test('a write that fails while the source is slow fails the put, and nothing else', async () => {
  const { calls, failWhen } = faultyCalls();
  const store = await openFilesystemBlobStore(root, calls);
  failWhen((name) => name === 'write', 'ENOSPC');
  const piece = Buffer.alloc(1024 * 1024);
  async function* slow() {
    yield piece;
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
    yield piece;
  }
  const putting = store.put(first, slow(), { length: 2 * piece.length, compute: [] });
  await expect(putting).rejects.toSatisfy((error) => isDs3Error(error, 'InsufficientSpace'));
});

describe('the memory of pieces', () => {
  const size = 3 * 1024 * 1024 + 5;
  const piecesOf = (content: Buffer) => {
    const cut: Uint8Array[] = [];
    for (let at = 0; at < size; at += 65_536) cut.push(new Uint8Array(content.subarray(at, at + 65_536)));
    return cut;
  };
  const content = Buffer.alloc(size, 'reel one, ');

  test.each([
    [true, 'is given back once they are written, where the store owns them', 0],
    [undefined, 'is left alone where it does not', size],
  ])('ownsPieces %s: it %s', async (ownsPieces, _, left) => {
    const store = await openFilesystemBlobStore(root);
    const parts = piecesOf(content);
    await store.put(first, from(parts), { length: size, compute: ['MD5'], ownsPieces });
    // The last piece is a small one, for the garbage collector.
    const large = parts.slice(0, -1).reduce((sum, { length }) => sum + length, 0);
    expect(large).toBe(left === 0 ? 0 : size - 5);
    expect(content.equals(await buffer((await store.read(first)).bytes))).toBe(true);
  });
});

async function* from(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

describe('copyFrom a folder', () => {
  test('of the same file system is a second name for the file', async () => {
    const other = await openFilesystemBlobStore(join(root, 'other'));
    const store = await openFilesystemBlobStore(join(root, 'store'));
    await put(other, first, '123456789');
    await store.copyFrom(other, first, { length: 9, compute: [] });
    const files = await Promise.all([other, store].map((each) => stat(each.localPath(first) ?? '')));
    expect(files.map(({ nlink }) => nlink)).toEqual([2, 2]);
    expect(files[0]?.ino).toBe(files[1]?.ino);
  });

  test('of the same file system has its name at once, and nothing in between', async () => {
    const { calls, made } = faultyCalls();
    const other = await openFilesystemBlobStore(join(root, 'other'));
    const store = await openFilesystemBlobStore(join(root, 'store'), calls);
    await put(other, first, '123456789');
    await put(other, second, '123456789');
    await store.copyFrom(other, first, { length: 9, compute: [] });
    made.length = 0;
    await store.copyFrom(other, second, { length: 9, compute: [] });
    expect(made).toEqual(['link', 'lengthIn', 'syncFolder']);
  });

  test('is not there when its name could not be synced', async () => {
    const { calls, failWhen } = faultyCalls();
    const other = await openFilesystemBlobStore(join(root, 'other'));
    const store = await openFilesystemBlobStore(join(root, 'store'), calls);
    await put(other, first, '123456789');
    failWhen((name) => name === 'syncFolder');
    const copying = store.copyFrom(other, first, { length: 9, compute: [] });
    await expect(copying).rejects.toSatisfy((error) => isDs3Error(error, 'ServiceUnavailable'));
    failWhen(() => false);
    expect(await namesOf(store)).toEqual([]);
    expect(store.state().writable).toBe(false);
  });

  test('of another length is IncompleteBody, and nothing stays', async () => {
    const other = await openFilesystemBlobStore(join(root, 'other'));
    const store = await openFilesystemBlobStore(join(root, 'store'));
    await put(other, first, '123456789');
    const copying = store.copyFrom(other, first, { length: 8, compute: [] });
    await expect(copying).rejects.toSatisfy((error) => isDs3Error(error, 'IncompleteBody'));
    expect(await namesOf(store)).toEqual([]);
  });

  test('whose file already has that name here is done', async () => {
    const other = await openFilesystemBlobStore(join(root, 'other'));
    const store = await openFilesystemBlobStore(join(root, 'store'));
    await put(other, first, '123456789');
    await mkdir(join(store.localPath(first) ?? '', '..'), { recursive: true });
    await link(other.localPath(first) ?? '', store.localPath(first) ?? '');
    await store.copyFrom(other, first, { length: 9, compute: [] });
    expect(await partsOf(store)).toEqual([]);
  });

  test.each([
    ['a copy that shares its blocks, synced', ['link'], ['clone', 'open', 'syncData']],
    ['a put that compares the checksum', ['link', 'clone'], ['create', 'write', 'syncData']],
  ])('that cannot be linked is %s', async (_, failing, expected) => {
    const { calls, made, failWhen } = faultyCalls();
    const cloning = { ...calls, clone: failing.includes('clone') ? calls.clone : copyInPlaceOfClone(made) };
    const other = await openFilesystemBlobStore(join(root, 'other'));
    const store = await openFilesystemBlobStore(join(root, 'store'), cloning);
    await put(other, first, '123456789');
    failWhen((name) => failing.includes(name), 'EXDEV');
    const checksums = [{ type: 'CRC_32', base64: 'y/Q5Jg==' }] as const;
    await store.copyFrom(other, first, { length: 9, checksums, compute: [] });
    expect(await textOf(store, first)).toBe('123456789');
    expect(made).toEqual(expect.arrayContaining(expected));
    expect(await partsOf(store)).toEqual([]);
  });

  test('whose blob was changed on the disk, over another file system, is BadDigest', async () => {
    const { calls, failWhen } = faultyCalls();
    const other = await openFilesystemBlobStore(join(root, 'other'));
    const store = await openFilesystemBlobStore(join(root, 'store'), calls);
    await put(other, first, '123456780');
    failWhen((name) => name === 'link' || name === 'clone', 'EXDEV');
    const checksums = [{ type: 'CRC_32', base64: 'y/Q5Jg==' }] as const;
    const copying = store.copyFrom(other, first, { length: 9, checksums, compute: [] });
    await expect(copying).rejects.toSatisfy((error) => isDs3Error(error, 'BadDigest'));
    expect(await namesOf(store)).toEqual([]);
  });

  test('that is no folder is a put', async () => {
    const other = createMemoryBlobStore();
    const store = await openFilesystemBlobStore(root);
    await put(other, first, '123456789');
    await store.copyFrom(other, first, { length: 9, compute: ['CRC_32'] });
    expect(await textOf(store, first)).toBe('123456789');
  });
});

/** Not every file system shares blocks; what follows is the same. */
function copyInPlaceOfClone(made: string[]) {
  return async (from: string, to: string) => {
    made.push('clone');
    const file = await fileSystemCalls.open(from);
    const bytes = Buffer.alloc((await fileSystemCalls.inspect(file)).length);
    await fileSystemCalls.read(file, bytes, 0);
    await fileSystemCalls.close(file);
    await writeFile(to, bytes);
  };
}
