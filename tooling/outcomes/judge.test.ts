import { expect, test } from 'vitest';
import { judge, outcomesOf } from './judge.ts';

const rows = new Map([
  ['ds3.getJob', { raises: ['NotFound', 'Gone'] }],
  ['ds3.getTape', { raises: ['NotFound'] }],
] as const);
const because = { reason: 'There are none.' };

test('outcomes are read from the logs of servers', () => {
  const logs = [
    '{"operation":"ds3.getJob","status":200}\n{"operation":"ds3.getNode","msg":"begun"}\n',
    '{"operation":"s3.getObject","status":404,"code":"NoSuchKey"}',
  ];
  expect([...outcomesOf(logs)]).toEqual(['ds3.getJob ok', 's3.getObject NoSuchKey']);
});

test('what no test came to is a gap, unless it is excepted', () => {
  const seen = new Set(['ds3.getJob ok', 'ds3.getJob NotFound', 'ds3.getTape NotFound', 'ds3.getTape Gone']);
  const exceptions = [{ operation: 'ds3.getTape', outcome: 'ok', ...because }];
  expect(judge(rows, seen, exceptions)).toEqual({ met: 3, excepted: 1, gaps: ['ds3.getJob Gone'], stale: [] });
});

test('an exception of what a test came to, or of what cannot be come to, is stale', () => {
  const seen = new Set([
    'ds3.getJob ok',
    'ds3.getJob NotFound',
    'ds3.getJob Gone',
    'ds3.getTape NotFound',
    'ds3.getTape ok',
  ]);
  const exceptions = [
    { operation: 'ds3.getTape', outcome: 'ok', ...because },
    { operation: 'ds3.getTape', outcome: 'Gone', ...because },
  ];
  expect(judge(rows, seen, exceptions).stale).toEqual(['ds3.getTape ok', 'ds3.getTape Gone']);
});
