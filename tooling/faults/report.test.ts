import { expect, test } from 'vitest';
import type { Campaign } from './campaign.ts';
import { readRecorded, recordOf, withTable } from './page.ts';
import { type Figure, figureOf, hasPassed } from './report.ts';

const campaign: Campaign = {
  name: 'flip-bits',
  about: 'Bits are flipped.',
  unit: 'bits',
  least: { full: 5000, quick: 10 },
  page: 'durability',
  run: async () => ({ done: 0, wrong: [] }),
};
const ran = { least: 5000, seed: 7, seconds: 12.4 };
const figure: Figure = { campaign: 'flip-bits', unit: 'bits', least: 5000, done: 5001, wrong: 0, seed: 7, seconds: 12 };

test('a campaign has passed when it did enough and found nothing wrong', () => {
  expect(figureOf(campaign, { done: 5001, wrong: [] }, ran)).toEqual(figure);
  expect(hasPassed(figure)).toBe(true);
  expect(hasPassed({ ...figure, done: 4999 })).toBe(false);
  expect(hasPassed({ ...figure, wrong: 1 })).toBe(false);
});

test('all of them means as many as the campaign found, and at least one', () => {
  const all = { ...ran, least: 'all' as const };
  expect(hasPassed(figureOf(campaign, { done: 3, all: 3, wrong: [] }, all))).toBe(true);
  expect(hasPassed(figureOf(campaign, { done: 2, all: 3, wrong: [] }, all))).toBe(false);
  expect(hasPassed(figureOf(campaign, { done: 3, wrong: [] }, all))).toBe(false);
  expect(hasPassed(figureOf(campaign, { done: 0, all: 0, wrong: [] }, all))).toBe(false);
});

const empty = 'Before.\n\n<!-- faults: derived by `pnpm faults --report` -->\n<!-- faults: end -->\n\nAfter.\n';

test('the page keeps what it says of a campaign until it is run again', () => {
  const written = withTable(empty, [campaign], new Map([['flip-bits', recordOf(figure)]]));
  expect(written).toContain('| `flip-bits` | Bits are flipped. | 5,000 bits | 5,001 bits | 0 | 7 |');
  expect(withTable(written, [campaign], readRecorded(written))).toBe(written);
  const other = { ...campaign, name: 'cut-power', least: { full: 'all', quick: 1 } } as const;
  const more = withTable(written, [campaign, other], readRecorded(written));
  expect(more).toContain('5,001 bits | 0 | 7 |');
  expect(more).toContain('| `cut-power` | Bits are flipped. | all bits | not run | – | – |');
  expect(withTable(more, [campaign, other], readRecorded(more))).toBe(more);
  expect(more.startsWith('Before.\n\n') && more.endsWith('\n\nAfter.\n')).toBe(true);
});
