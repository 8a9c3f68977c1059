import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failureOf, isInstalled, requireOldestNode, stampOf } from './install.mjs';
import { pinnedVersion, wrongNode } from './pinned-node.mjs';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'nacre-install-'));
  for (const folder of ['node_modules', 'packages/a/node_modules', 'apps/b/node_modules']) {
    mkdirSync(join(top, folder), { recursive: true });
  }
  write('pnpm-lock.yaml', 'lock 1');
  write('pnpm-workspace.yaml', 'packages: []');
  write('package.json', '{}');
  write('packages/a/package.json', '{}');
  write('apps/b/package.json', '{}');
});
afterEach(() => rmSync(top, { recursive: true }));

test('nothing is installed where no install ended well', () => {
  expect(isInstalled(top, stampOf(top))).toBe(false);
});

test('an install stays current until a file changes that decides what is installed', () => {
  const stamp = stampOf(top);
  write('node_modules/.nacre-install', stamp);
  expect(isInstalled(top, stampOf(top))).toBe(true);
  write('packages/a/index.ts', 'export {};');
  expect(isInstalled(top, stampOf(top))).toBe(true);

  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'packages/a/package.json']) {
    const before = stampOf(top);
    write(file, '{ "changed": true }');
    expect.soft(stampOf(top), file).not.toBe(before);
  }
  expect(isInstalled(top, stampOf(top))).toBe(false);
});

test('a new package asks for an install', () => {
  write('node_modules/.nacre-install', stampOf(top));
  mkdirSync(join(top, 'packages/c'));
  write('packages/c/package.json', '{}');
  expect(isInstalled(top, stampOf(top))).toBe(false);
});

test('a package whose node_modules is gone asks for an install', () => {
  write('node_modules/.nacre-install', stampOf(top));
  rmSync(join(top, 'apps/b/node_modules'), { recursive: true });
  expect(isInstalled(top, stampOf(top))).toBe(false);
});

test('text moved from one file to the next makes another stamp', () => {
  write('pnpm-lock.yaml', 'ab');
  write('pnpm-workspace.yaml', 'c');
  const before = stampOf(top);
  write('pnpm-lock.yaml', 'a');
  write('pnpm-workspace.yaml', 'bc');
  expect(stampOf(top)).not.toBe(before);
});

test('a registry that does not answer is told apart from other failures', () => {
  expect(failureOf('the install', 'getaddrinfo ENOTFOUND registry.example')).toMatch(/could not be reached/);
  expect(failureOf('the build', 'src/a.ts(1,1): error TS2304')).toBe('the build failed; its output is above.');
});

test('Node before 20.19 is refused with a line that names both versions', () => {
  expect(() => requireOldestNode('18.20.4')).toThrow('Node 20.19 or newer is needed, this is 18.20.4.');
  expect(() => requireOldestNode('20.18.9')).toThrow('20.19');
  expect(() => requireOldestNode('20.19.0')).not.toThrow();
  expect(() => requireOldestNode('26.0.0')).not.toThrow();
});

test('package scripts run on the pinned Node and on no other', () => {
  expect(wrongNode(pinnedVersion)).toBeUndefined();
  expect(wrongNode('20.20.2')).toContain(`needs Node ${pinnedVersion}, not 20.20.2`);
  expect(process.versions.node).toBe(pinnedVersion);
});

function write(file: string, content: string): void {
  writeFileSync(join(top, file), content);
}
