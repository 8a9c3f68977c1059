import { randomBytes, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { isDs3Error } from '@nacre/model';
import { beforeEach, describe, expect, test } from 'vitest';
import type { BlobStore, ExpectedBlob } from '../blobs/blob-store.ts';
import { createMemoryBlobStore } from '../blobs/memory.ts';

/** What every blob store keeps to, as tests. `open` gives an empty store for each. */
export function describeBlobStore(name: string, open: () => Promise<BlobStore>): void {
  describe(`a blob store: ${name}`, () => {
    let store: BlobStore;
    beforeEach(async () => {
      store = await open();
    });

    const known = '0192f0a0-1b2c-7d3e-8f40-123456789abc';
    const put = (id: string, text: string, expected: Partial<ExpectedBlob> = {}) =>
      store.put(id, pieces(text), { length: Buffer.byteLength(text), compute: [], ...expected });
    const textOf = async (id: string, offset?: number, length?: number) => {
      const range = offset === undefined || length === undefined ? undefined : { offset, length };
      return (await buffer((await store.read(id, range)).bytes)).toString();
    };
    const idsIn = async () => (await allOf(store.list())).sort();

    test('what is put is read back', async () => {
      await put(known, 'reel one');
      expect(await textOf(known)).toBe('reel one');
    });

    test('many pieces of every size are one blob', async () => {
      const sizes = [0, 1, 65_536, 3, 1_048_576, 0, 1_048_577, 7, 524_288, 2_500_000];
      const parts = sizes.map((size) => randomBytes(size));
      const whole = Buffer.concat(parts);
      const stored = await store.put(known, from(parts), { length: whole.length, compute: [] });
      expect(stored).toEqual({ length: whole.length, checksums: {}, replaced: undefined });
      const reading = await store.read(known);
      expect(reading.length).toBe(whole.length);
      expect(whole.equals(await buffer(reading.bytes))).toBe(true);
    });

    test('very many tiny pieces are one blob', async () => {
      const parts = Array.from({ length: 5000 }, (_, at) => Buffer.from([at % 251]));
      await store.put(known, from(parts), { length: 5000, compute: [] });
      expect(Buffer.concat(parts).equals(await buffer((await store.read(known)).bytes))).toBe(true);
    });

    test('an empty blob is a blob', async () => {
      expect(await put(known, '', { compute: ['MD5'] })).toEqual({
        length: 0,
        checksums: { MD5: '1B2M2Y8AsgTpgAmY7PhCfg==' },
        replaced: undefined,
      });
      expect(await textOf(known)).toBe('');
      expect((await store.stat(known))?.length).toBe(0);
    });

    test('checksums of every type are computed while it is put', async () => {
      const stored = await put(known, '123456789', { compute: ['CRC_32', 'CRC_32C', 'MD5', 'SHA_256', 'SHA_512'] });
      expect(stored.checksums).toEqual({
        CRC_32: 'y/Q5Jg==',
        CRC_32C: '4waSgw==',
        MD5: 'JfnnlDI7RTiF9RgfG2JNCw==',
        SHA_256: 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=',
        SHA_512: '2eZ2LdHI6vbWGzxhkvxAjU1tXxF20MKRabwk5xw/J0rSf81YEbMT1oH35V7ALXPUmclUVba1u1A6z1dPuo/+hQ==',
      });
    });

    test('a checksum that is expected is answered with those to compute', async () => {
      const checksums = [{ type: 'CRC_32C', base64: '4waSgw==' }] as const;
      const stored = await put(known, '123456789', { checksums, compute: ['MD5'] });
      expect(stored.checksums).toEqual({ CRC_32C: '4waSgw==', MD5: 'JfnnlDI7RTiF9RgfG2JNCw==' });
    });

    test.each([
      ['a checksum that does not fit', 'BadDigest', { checksums: [{ type: 'CRC_32', base64: 'AAAAAA==' }] }],
      [
        'one wrong checksum of two',
        'BadDigest',
        {
          checksums: [
            { type: 'CRC_32', base64: 'y/Q5Jg==' },
            { type: 'MD5', base64: '1B2M2Y8AsgTpgAmY7PhCfg==' },
          ],
        },
      ],
      ['too few bytes', 'IncompleteBody', { length: 10 }],
      ['too many bytes', 'BadRequest', { length: 8 }],
    ] as const)('with %s, put is %s and nothing is there', async (_, code, expected) => {
      await expect(put(known, '123456789', expected)).rejects.toSatisfy((error) => isDs3Error(error, code));
      expect(await store.stat(known)).toBeUndefined();
      expect(await idsIn()).toEqual([]);
      expect(await allOf(store.parts())).toEqual([]);
    });

    test('too many bytes are not read to their end', async () => {
      let ended = false;
      async function* endless() {
        try {
          for (;;) yield Buffer.alloc(1000);
        } finally {
          ended = true;
        }
      }
      const putting = store.put(known, endless(), { length: 1500, compute: [] });
      await expect(putting).rejects.toSatisfy((error) => isDs3Error(error, 'BadRequest'));
      expect(ended).toBe(true);
    });

    test('a source that breaks leaves nothing, and its error comes through as it is', async () => {
      const broken = new Error('the peer went away');
      async function* breaking() {
        yield Buffer.from('1234');
        throw broken;
      }
      await expect(store.put(known, breaking(), { length: 9, compute: [] })).rejects.toBe(broken);
      expect(await store.stat(known)).toBeUndefined();
      expect(await allOf(store.parts())).toEqual([]);
    });

    test('a signal ends it with its reason, and nothing is there', async () => {
      const stop = new AbortController();
      const reason = new Error('stop');
      let taken = 0;
      async function* source() {
        for (; taken < 1000; taken++) {
          if (taken === 2) stop.abort(reason);
          yield Buffer.from('1234');
        }
      }
      await expect(store.put(known, source(), { length: 4000, compute: [] }, stop.signal)).rejects.toBe(reason);
      expect(taken).toBe(2);
      expect(await store.stat(known)).toBeUndefined();
    });

    test('a put that fails leaves the blob of the same id as it was', async () => {
      await put(known, 'first');
      await expect(put(known, 'second', { length: 7 })).rejects.toThrow();
      expect(await textOf(known)).toBe('first');
    });

    test('a second put takes the place of the first, which is read to its end by who reads it', async () => {
      await put(known, 'first one');
      const reading = await store.read(known);
      expect(await put(known, 'second')).toMatchObject({ replaced: 9 });
      expect((await buffer(reading.bytes)).toString()).toBe('first one');
      expect(await textOf(known)).toBe('second');
      expect(await idsIn()).toEqual([known]);
    });

    test('two puts of one id at once leave one of them', async () => {
      const outcomes = await Promise.all([put(known, 'aaaa'), put(known, 'bbbbbb')]);
      expect(outcomes.filter(({ replaced }) => replaced === undefined)).toHaveLength(1);
      expect(['aaaa', 'bbbbbb']).toContain(await textOf(known));
      expect(await idsIn()).toEqual([known]);
    });

    test('many blobs put at once are all there', async () => {
      const ids = Array.from({ length: 200 }, () => randomUUID());
      await Promise.all(ids.map((id) => put(id, `of ${id}`)));
      expect(await idsIn()).toEqual([...ids].sort());
      for (const id of ids) expect(await textOf(id)).toBe(`of ${id}`);
    });

    test.each([
      [0, 4, 'reel'],
      [5, 3, 'one'],
      [4, 0, ''],
      [8, 0, ''],
      [0, 8, 'reel one'],
    ])('bytes from %i, %i of them, are %j', async (offset, length, expected) => {
      await put(known, 'reel one');
      expect(await textOf(known, offset, length)).toBe(expected);
    });

    test('a range in a blob of several reads is exact', async () => {
      const whole = randomBytes(3_000_000);
      await store.put(known, from([whole]), { length: whole.length, compute: [] });
      const reading = await store.read(known, { offset: 1_000_001, length: 1_500_000 });
      expect(reading.length).toBe(1_500_000);
      expect(whole.subarray(1_000_001, 2_500_001).equals(await buffer(reading.bytes))).toBe(true);
    });

    test.each([
      [0, 9],
      [9, 0],
      [-1, 2],
      [0, -1],
      [0.5, 1],
      [2 ** 53, 1],
    ])('bytes from %d, %d of them, are not within 8', async (offset, length) => {
      await put(known, 'reel one');
      await expect(store.read(known, { offset, length })).rejects.toSatisfy((e) => isDs3Error(e, 'InvalidRange'));
    });

    test('a reading may be left early, closed early, closed twice or never begun', async () => {
      await put(known, 'reel one');
      for await (const piece of (await store.read(known)).bytes) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      const reading = await store.read(known);
      await reading.close();
      await reading.close();
      expect(await textOf(known)).toBe('reel one');
    });

    test('what is not there is NotFound to read, undefined to ask about and to remove', async () => {
      await expect(store.read(known)).rejects.toSatisfy((error) => isDs3Error(error, 'NotFound'));
      expect(await store.stat(known)).toBeUndefined();
      expect(await store.remove(known)).toBeUndefined();
    });

    test('what is removed is gone, and its bytes are answered once', async () => {
      await put(known, 'reel one');
      expect(await store.remove(known)).toBe(8);
      expect(await store.remove(known)).toBeUndefined();
      await expect(store.read(known)).rejects.toSatisfy((error) => isDs3Error(error, 'NotFound'));
      expect(await idsIn()).toEqual([]);
    });

    test('a removed blob is read to its end by who reads it', async () => {
      await put(known, 'reel one');
      const reading = await store.read(known);
      await store.remove(known);
      expect((await buffer(reading.bytes)).toString()).toBe('reel one');
    });

    test('stat says how long it is and when it came', async () => {
      const before = Date.now() - 2000;
      await put(known, 'reel one');
      const found = await store.stat(known);
      expect(found?.length).toBe(8);
      expect(found?.storedAt.getTime()).toBeGreaterThan(before);
    });

    test('an id is the same in either case', async () => {
      await put(known.toUpperCase(), 'reel one');
      expect(await textOf(known)).toBe('reel one');
      expect(await idsIn()).toEqual([known]);
    });

    test.each(['', '..', '../../etc/passwd', 'reel.mxf', `${'0192f0a0-1b2c-7d3e-8f40-123456789ab'}/`, 'parts'])(
      'the id %j is refused everywhere',
      async (id) => {
        const refused = (error: unknown) => isDs3Error(error, 'InvalidArgument');
        await expect(put(id, 'x')).rejects.toSatisfy(refused);
        await expect(store.read(id)).rejects.toSatisfy(refused);
        await expect(store.stat(id)).rejects.toSatisfy(refused);
        await expect(store.remove(id)).rejects.toSatisfy(refused);
        await expect(store.copyFrom(createMemoryBlobStore(), id, { length: 1, compute: [] })).rejects.toSatisfy(
          refused,
        );
      },
    );

    describe('copyFrom another store', () => {
      let other: BlobStore;
      const copy = (expected: Partial<ExpectedBlob> = {}) =>
        store.copyFrom(other, known, { length: 9, compute: [], ...expected });
      beforeEach(async () => {
        other = await open();
        await other.put(known, pieces('123456789'), { length: 9, compute: [] });
      });

      test('has the bytes, which stay when the other loses them', async () => {
        const checksums = [{ type: 'CRC_32', base64: 'y/Q5Jg==' }] as const;
        expect(await copy({ checksums })).toEqual({
          length: 9,
          checksums: { CRC_32: 'y/Q5Jg==' },
          replaced: undefined,
        });
        await other.remove(known);
        expect(await textOf(known)).toBe('123456789');
        expect(await allOf(store.parts())).toEqual([]);
      });

      test('computes what it is asked for', async () => {
        expect((await copy({ compute: ['MD5'] })).checksums).toEqual({ MD5: 'JfnnlDI7RTiF9RgfG2JNCw==' });
      });

      test('may come twice, or take the place of another', async () => {
        await copy();
        expect(await copy()).toMatchObject({ replaced: 9 });
        await put(known, 'another');
        expect(await copy()).toMatchObject({ replaced: 7 });
        expect(await textOf(known)).toBe('123456789');
        expect(await allOf(store.parts())).toEqual([]);
      });

      test('is refused when the other has fewer bytes than expected', async () => {
        await expect(copy({ length: 10 })).rejects.toSatisfy((error) => isDs3Error(error, 'IncompleteBody'));
        expect(await store.stat(known)).toBeUndefined();
      });

      test('from a store of another kind compares the checksum', async () => {
        other = createMemoryBlobStore();
        await other.put(known, pieces('123456780'), { length: 9, compute: [] });
        const copying = copy({ checksums: [{ type: 'CRC_32', base64: 'y/Q5Jg==' }] });
        await expect(copying).rejects.toSatisfy((error) => isDs3Error(error, 'BadDigest'));
        expect(await store.stat(known)).toBeUndefined();
      });

      test('is NotFound when the other does not have it', async () => {
        await other.remove(known);
        await expect(copy()).rejects.toSatisfy((error) => isDs3Error(error, 'NotFound'));
      });
    });

    test('it takes blobs, and says so', () => {
      expect(store.state()).toEqual({ writable: true, reason: undefined });
    });
  });
}

async function allOf<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** A text in pieces of a few bytes. */
async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 4) yield bytes.subarray(at, at + 4);
}

async function* from(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}
