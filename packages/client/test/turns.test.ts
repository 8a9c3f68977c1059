import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchTurns } from '../src/turns.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('silence counts while it is the turn of the other side', () => {
  const onSilence = vi.fn();
  const turns = watchTurns(10, onSilence);
  turns.theirTurn();
  vi.advanceTimersByTime(9_999);
  turns.theirTurn();
  vi.advanceTimersByTime(9_999);
  expect(onSilence).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onSilence).toHaveBeenCalledOnce();
});

test('our own turn may take as long as it likes', () => {
  const onSilence = vi.fn();
  const turns = watchTurns(10, onSilence);
  turns.theirTurn();
  turns.ourTurn();
  vi.advanceTimersByTime(1_000_000);
  expect(onSilence).not.toHaveBeenCalled();
  turns.theirTurn();
  vi.advanceTimersByTime(10_000);
  expect(onSilence).toHaveBeenCalledOnce();
});

test('nothing happens after the end', () => {
  const onSilence = vi.fn();
  const turns = watchTurns(10, onSilence);
  turns.theirTurn();
  turns.stop();
  vi.advanceTimersByTime(1_000_000);
  expect(onSilence).not.toHaveBeenCalled();
});
