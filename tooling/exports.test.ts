import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf } from './boundaries.ts';
import { manifestOf, packageFolders, root } from './setup/workspace.mjs';

// What whoever installs a package gets: these tests read the packages as built.
describe.each(packageFolders(root))('%s', (folder) => {
  const manifest = manifestOf(join(root, folder));
  const exported = Object.entries<Record<string, string>>(manifest.exports ?? {});
  const promised = [
    ...exported.flatMap(([, targets]) => Object.values(targets)),
    ...Object.values<string>(manifest.bin ?? {}),
  ];

  test('ships every file it promises', () => {
    expect(promised.length).toBeGreaterThan(0);
    for (const target of promised) {
      expect.soft(existsSync(join(root, folder, target)), `${target} exists`).toBe(true);
      const shipped = manifest.files.some((part: string) => target.startsWith(`./${part}/`));
      expect.soft(shipped, `${target} is among the files`).toBe(true);
    }
    for (const part of manifest.files) expect.soft(existsSync(join(root, folder, part)), part).toBe(true);
  });

  test('depends on what it imports', () => {
    const available = new Set([
      manifest.name,
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.optionalDependencies ?? {}),
      ...Object.keys(manifest.peerDependencies ?? {}),
    ]);
    const missing = globSync('src/**/*.ts', { cwd: join(root, folder) })
      .flatMap((file) => importsOf(readFileSync(join(root, folder, file), 'utf8')))
      .filter(({ from }) => !from.startsWith('.') && !from.startsWith('node:'))
      .map(({ from }) => from.split('/', from.startsWith('@') ? 2 : 1).join('/'))
      .filter((name) => !available.has(name));
    expect([...new Set(missing)]).toEqual([]);
  });

  if (exported.length === 0) return;

  test('can be imported, and importing does nothing else', () => {
    const names = exported.map(([name]) => join(manifest.name, name));
    const script = `${names.map((name) => `await import('${name}');`).join('\n')}\nconsole.log('imported');`;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: root,
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(ended).toMatchObject({ stdout: 'imported\n', stderr: '', status: 0 });
  });
});
