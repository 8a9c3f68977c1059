import { expect, test } from 'vitest';
import { AnswerReader } from './answer-reader.ts';

const pattern = Buffer.from('abcdefgh');

/** Whether the answer has ended, after each of the pieces. */
function read(method: 'GET' | 'PUT', size: number, ...pieces: string[]): boolean[] {
  const reader = new AnswerReader({ method, size }, pattern);
  return pieces.map((piece) => reader.take(Buffer.from(piece)));
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';

test('an answer ends with the last byte of its body, however it is cut', () => {
  expect(read('GET', 5, `${ok}abcde`)).toEqual([true]);
  expect(read('GET', 5, ok.slice(0, 20), ok.slice(20), 'abc', 'de')).toEqual([false, false, false, true]);
  expect(read('PUT', 5, 'HTTP/1.1 204 No Content\r\n\r\n')).toEqual([true]);
  expect(read('PUT', 5, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '0\r\n', '\r\n')).toEqual([
    false,
    false,
    true,
  ]);
});

test('other bytes, another length and another status are errors', () => {
  expect(() => read('GET', 5, `${ok}abcdE`)).toThrow('other bytes came back');
  expect(() => read('GET', 6, `${ok}abcde`)).toThrow('5 bytes came back');
  const denied = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nDenied';
  expect(() => read('GET', 5, denied)).toThrow('answered with 403: Denied');
});

test('a connection that the server closes is of no more use', () => {
  const reader = new AnswerReader({ method: 'PUT', size: 1 }, pattern);
  reader.take(Buffer.from('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'));
  expect(reader.closes).toBe(true);
});
