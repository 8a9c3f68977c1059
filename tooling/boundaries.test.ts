import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, reachableFrom, violations } from './boundaries.ts';
import { root } from './setup/workspace.mjs';

const sources = new Map(
  globSync('{packages,apps}/*/src/**/*.ts', { cwd: root }).map((path) => [
    path.replaceAll(sep, '/'),
    readFileSync(join(root, path), 'utf8'),
  ]),
);

describe('the house', () => {
  test('has sources in every room', () => {
    const rooms = new Set([...sources.keys()].map((path) => path.split('/').slice(0, 2).join('/')));
    expect([...rooms].sort()).toEqual([
      'apps/cli',
      'apps/server',
      'packages/client',
      'packages/model',
      'packages/store',
    ]);
  });

  test('keeps its arrows', () => {
    expect([...sources].flatMap(([path, source]) => violations(path, source))).toEqual([]);
  });

  test('has a model that a browser can load', () => {
    const loaded = reachableFrom('packages/model/src/index.ts', sources);
    expect(loaded.size).toBeGreaterThan(5);
    const ofNode = [...loaded].filter((path) =>
      importsOf(sources.get(path) ?? '').some(({ from, typeOnly }) => from.startsWith('node:') && !typeOnly),
    );
    expect(ofNode).toEqual([]);
  });
});

describe('import lines are read', () => {
  test.for([
    ["import { a } from 'x';", { from: 'x', names: '{ a }', typeOnly: false }],
    ["import type { A } from 'x';", { from: 'x', names: '{ A }', typeOnly: true }],
    ["import * as a from 'x';", { from: 'x', names: '* as a', typeOnly: false }],
    ["import a, { b } from 'x';", { from: 'x', names: 'a, { b }', typeOnly: false }],
    ["import {\n  a,\n  type B,\n} from 'x';", { from: 'x', names: '{\n  a,\n  type B,\n}', typeOnly: false }],
    ["import 'x';", { from: 'x', names: '', typeOnly: false }],
    ["export * from 'x';", { from: 'x', names: '*', typeOnly: false }],
    ["export { a } from 'x';", { from: 'x', names: '{ a }', typeOnly: false }],
    ["export type { A } from 'x';", { from: 'x', names: '{ A }', typeOnly: true }],
    ["const a = await import('x');", { from: 'x', names: '', typeOnly: false }],
  ] as const)('%s', ([line, expected]) => {
    expect(importsOf(`const before = 'y';\n${line}\nexport const after = 'z';\n`)).toEqual([expected]);
  });

  test('a file is reached through values and not through types', () => {
    const small = new Map([
      ['p/src/index.ts', "export { a } from './a.ts';\nexport type { B } from './b.ts';\n"],
      ['p/src/a.ts', "import { c } from './deep/c.ts';\n"],
      ['p/src/b.ts', ''],
      ['p/src/deep/c.ts', "import { a } from '../a.ts';\n"],
    ]);
    expect([...reachableFrom('p/src/index.ts', small)]).toEqual(['p/src/index.ts', 'p/src/a.ts', 'p/src/deep/c.ts']);
  });
});

describe('what a room does not allow is found', () => {
  test.for([
    ['packages/model/src/a.ts', "import { b } from '@nacre/store';"],
    ['packages/model/src/a.ts', "import type { B } from '@nacre/client';"],
    ['packages/model/src/a.ts', "import { readFile } from 'node:fs/promises';"],
    ['packages/model/src/signing/target.ts', "import { createHash } from 'node:crypto';"],
    ['packages/store/src/a.ts', "import { b } from '@nacre/client';"],
    ['packages/store/src/db/a.ts', "import { b } from '../blobs/b.ts';"],
    ['packages/store/src/blobs/a.ts', "import type { B } from '../db/b.ts';"],
    ['packages/client/src/a.ts', "import { b } from '@nacre/store/blobs';"],
    ['packages/client/src/a.ts', "import { b } from '../../model/src/b.ts';"],
    ['apps/cli/src/a.ts', "import { b } from '@nacre/server';"],
    ['apps/server/src/a.ts', "import { b } from '@nacre/cli';"],
    ['apps/server/src/a.ts', 'await db.execute(sql`select 1`);'],
    ['apps/server/src/a.ts', 'await db.execute(sql<number>`select 1`);'],
    ['apps/server/src/domain/a.ts', "import { readFileSync } from 'node:fs';"],
    ['apps/server/src/domain/a.ts', "import { createHash, randomUUID } from 'node:crypto';"],
    ['apps/server/src/domain/a.ts', "import { needBucket } from '@nacre/store';"],
    ['apps/server/src/domain/a.ts', "import { jobs } from '../handlers/jobs.ts';"],
    ['apps/server/src/domain/a.ts', "import type { Jobs } from '../handlers/jobs.ts';"],
    ['apps/server/src/domain/a.ts', "import { send } from '../http/respond.ts';"],
    ['apps/server/src/domain/a.ts', "import { pino } from 'pino';"],
    ['apps/server/src/a.ts', 'export default function a() {}'],
    ['apps/server/src/a.ts', 'export { a as default };'],
    ['apps/server/src/aFile.ts', ''],
    ['apps/server/src/someFolder/a.ts', ''],
  ] as const)('%s: %s', ([path, line]) => {
    expect(violations(path, `${line}\n`)).toHaveLength(1);
  });

  test.for([
    ['packages/model/src/signing/v4.ts', "import { createHmac } from 'node:crypto';"],
    ['packages/store/src/db/a.ts', "import { sql } from 'drizzle-orm';\nawait tx.execute(sql`select 1`);"],
    ['packages/store/src/blobs/a.ts', "import { open } from 'node:fs/promises';"],
    ['packages/store/src/testing/a.ts', "import { b } from '../db/b.ts';\nimport { c } from '../blobs/c.ts';"],
    ['apps/cli/src/a.ts', "import { createClient } from '@nacre/client';"],
    ['apps/server/src/a.ts', "import { createClient } from '@nacre/client';"],
    ['apps/server/src/domain/a.ts', "import { Ds3Error } from '@nacre/model';\nimport { b } from './b.ts';"],
    ['apps/server/src/domain/a.ts', "import { createHash } from 'node:crypto';"],
    ['apps/server/src/domain/a.ts', "import type { CachedBlob } from '@nacre/store';"],
  ] as const)('%s: %s is allowed', ([path, lines]) => {
    expect(violations(path, `${lines}\n`)).toEqual([]);
  });
});
