import { expect, test } from 'vitest';
import { Journal } from './journal.ts';

test('what was acknowledged is the only thing that may be there', () => {
  const journal = new Journal<string>();
  journal.attempt('a', 'first').acknowledged();
  expect(journal.certain('a')).toEqual({ value: 'first' });
  expect(journal.observed('a', undefined)).toBe(false);
  expect(journal.observed('b', undefined)).toBe(true);
});

test('what got no answer happened or did not, and is not changed again before somebody has looked', () => {
  const journal = new Journal<string>();
  journal.attempt('a', 'first').acknowledged();
  journal.attempt('a', 'second').unanswered();
  expect(journal.certain('a')).toBeUndefined();
  expect(journal.possible('a')).toEqual(new Set(['first', 'second']));
  expect(() => journal.attempt('a', 'third')).toThrow("'a'");
  expect(journal.observed('a', 'first')).toBe(true);
  expect(journal.certain('a')).toEqual({ value: 'first' });
  expect(journal.observed('a', 'second')).toBe(false);
});

test('a deletion without an answer leaves the whole thing or nothing', () => {
  const journal = new Journal<string>();
  journal.attempt('a', 'first').acknowledged();
  journal.attempt('a', undefined).unanswered();
  expect(journal.possible('a')).toEqual(new Set(['first', undefined]));
});

test('what was refused did not happen', () => {
  const journal = new Journal<string>();
  journal.attempt('a', 'first').acknowledged();
  journal.attempt('a', 'second').refused();
  expect(journal.certain('a')).toEqual({ value: 'first' });
  expect(journal.counts).toEqual({ acknowledged: 1, ambiguous: 0 });
});

test('while an attempt is under way both values may be read, and never another', () => {
  const journal = new Journal<string>();
  const attempt = journal.attempt('a', 'first');
  expect(journal.possible('a')).toEqual(new Set([undefined, 'first']));
  expect(journal.certain('a')).toBeUndefined();
  attempt.acknowledged();
  expect(journal.ever('a')).toEqual(new Set([undefined, 'first']));
});
