import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, freshFolder } from '../support/cli.ts';
import { fakeSystem, jobId, jobXml, listXml, type Reply } from '../support/fake-system.ts';

/** A system that has objects of one blob each. */
async function servingSystem(objects: Readonly<Record<string, string>>, answer?: (key: string) => Reply | undefined) {
  const served = new Set<string>();
  const job = (names: Iterable<string>) =>
    jobXml(
      [...names].map((name) => ({ name, length: Buffer.byteLength(objects[name] ?? ''), inCache: true })),
      'GET',
    );
  let asked: string[] = [];
  return fakeSystem([
    [/^HEAD/, ({ line }) => ({ status: keyOf(line) in objects ? 200 : 404 })],
    [
      /^GET \/archive(\?|$)/,
      () => listXml(Object.fromEntries(Object.entries(objects).map(([key, text]) => [key, text.length]))),
    ],
    [
      /start_bulk_get/,
      ({ body }) => {
        asked = [...body.matchAll(/Name="([^"]*)"/g)].map(([, name]) => name ?? '');
        return job(asked);
      },
    ],
    [/job_chunk/, () => ({ body: job(asked.filter((name) => !served.has(name))), headers: { 'Retry-After': '1' } })],
    [
      /^GET \/archive\//,
      ({ line }) => {
        const key = keyOf(line);
        served.add(key);
        return answer?.(key) ?? objects[key] ?? '';
      },
    ],
  ]);
}

function keyOf(line: string): string {
  return decodeURIComponent(new URL(line.split(' ')[1] ?? '', 'http://x').pathname.slice('/archive/'.length));
}

test('all objects become files below the folder, and no part files stay', async () => {
  const folder = join(await freshFolder(), 'back');
  const system = await servingSystem({ 'a.txt': 'abc', 'd/b.txt': 'xyz', 'd/': '' });
  expect(await cli(['get', 'archive', folder], { env: system.env })).toEqual({
    code: 0,
    stdout: `got 2 objects from archive: 6 B in 0.0 s; job ${jobId}\n`,
    stderr: 'received 2 of 2 blobs, 6 B of 6 B\n',
  });
  expect((await readdir(folder, { recursive: true })).sort()).toEqual(['a.txt', 'd', join('d', 'b.txt')]);
  expect(await readFile(join(folder, 'd', 'b.txt'), 'utf8')).toBe('xyz');
});

test('an object of several blocks is written in its order', async () => {
  const folder = await freshFolder();
  const text = Array.from({ length: 300_000 }, (_, i) => `line ${i}\n`).join('');
  const system = await servingSystem({ large: text });
  expect((await cli(['get', 'archive/large', folder], { env: system.env })).code).toBe(0);
  expect((await readFile(join(folder, 'large'), 'utf8')) === text).toBe(true);
});

test('one object by its name replaces the file that is there', async () => {
  const folder = await freshFolder();
  await mkdir(join(folder, 'd'));
  await writeFile(join(folder, 'd', 'b.txt'), 'something longer that was there before');
  const system = await servingSystem({ 'a.txt': 'abc', 'd/b.txt': 'xyz' });
  const { code, stdout } = await cli(['get', 'archive/d/b.txt', folder, '--output', 'json'], { env: system.env });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ jobId, objects: 1, bytes: 3, leftOut: [] });
  expect(await readFile(join(folder, 'd', 'b.txt'), 'utf8')).toBe('xyz');
  expect(await readdir(folder)).toEqual(['d']);
});

test.each(['../evil', '/evil', 'a/../../evil', 'a//b', './x', 'a/.'])(
  'an object %j is not written, and it can be left out',
  async (name) => {
    const folder = join(await freshFolder(), 'in');
    const system = await servingSystem({ [name]: 'evil', 'good.txt': 'good' });
    const refused = await cli(['get', 'archive', folder], { env: system.env });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(`'${name}' cannot be a file below`);
    const { code, stdout } = await cli(['get', 'archive', folder, '--skip-unsafe-names'], { env: system.env });
    expect(code).toBe(0);
    expect(stdout).toContain('1 with unsafe names left out');
    expect(await readdir(join(folder, '..'), { recursive: true })).toEqual(['in', join('in', 'good.txt')]);
  },
);

test('data that do not have their checksum make no file', async () => {
  const folder = await freshFolder();
  const system = await servingSystem({ 'a.txt': 'abc' }, () => ({
    body: 'abd',
    headers: { 'Content-MD5': 'kAFQmDzST7DWlj99KOF/cg==' },
  }));
  const { code, stdout, stderr } = await cli(['get', 'archive', folder], { env: system.env });
  expect([code, stdout]).toEqual([8, '']);
  expect(stderr).toMatch(
    /^nacre: 'a.txt' from byte 0: the data have the MD5 checksum .*not kAFQmDzST7DWlj99KOF\/cg== /,
  );
  expect(await readdir(folder)).toEqual([]);
});

test('a name that nothing begins with is not found', async () => {
  const system = await fakeSystem([
    [/^HEAD/, { status: 404 }],
    [/./, listXml({})],
  ]);
  const { code, stderr } = await cli(['get', 'archive/nothing', await freshFolder()], { env: system.env });
  expect(code).toBe(3);
  expect(stderr).toContain("Nothing in archive begins with 'nothing'");
});

test('an empty bucket gives nothing, and that is no failure', async () => {
  const system = await servingSystem({});
  expect(await cli(['get', 'archive', await freshFolder()], { env: system.env })).toMatchObject({
    code: 0,
    stdout: 'got 0 objects from archive: 0 B in 0.0 s\n',
  });
});
