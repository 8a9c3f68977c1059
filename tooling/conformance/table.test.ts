import { expect, test } from 'vitest';
import type { Suite } from './suite.ts';
import { readRecorded, withSection } from './table.ts';

const suites = ['go-sdk', 'rclone'].map(
  (name): Suite => ({
    name,
    about: `${name} at work`,
    prepare: async () => ({ version: '1' }),
    run: async () => [],
  }),
);
const known = [{ suite: 'rclone', test: 'copies', reason: 'The vendor has no copy.' }];
const recorded = new Map([['rclone', { version: 'v1.60.1', passed: 12 }]]);

test('the section stands at the end of a page that has none, and is written over afterwards', () => {
  const first = withSection('# Compatibility\n\nText.\n', suites, new Map(), []);
  expect(first.startsWith('# Compatibility\n\nText.\n\n<!-- conformance: derived')).toBe(true);
  expect(first).toContain('| `rclone` | rclone at work | not run | 0 | 0 |\n');
  const second = withSection(`${first}\nMore.\n`, suites, recorded, known);
  expect(second).toContain('| `rclone` | rclone at work | v1.60.1 | 12 | 1 |\n');
  expect(second).toContain('- `rclone`, copies: The vendor has no copy.\n');
  expect(second.endsWith('-->\n\nMore.\n')).toBe(true);
  expect(second.match(/conformance: end/g)).toHaveLength(1);
});

test('a page says again what it was given', () => {
  const page = withSection('# Compatibility\n', suites, recorded, known);
  expect(readRecorded(page).get('rclone')).toEqual({ version: 'v1.60.1', passed: 12 });
  expect(withSection(page, suites, readRecorded(page), known)).toBe(page);
});

test('a page written for other suites or other known failures is stale', () => {
  const page = withSection('# Compatibility\n', suites, recorded, known);
  expect(withSection(page, suites.slice(0, 1), readRecorded(page), known)).not.toBe(page);
  expect(withSection(page, suites, readRecorded(page), [])).not.toBe(page);
});
