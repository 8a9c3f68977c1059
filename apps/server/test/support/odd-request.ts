import { decode, ErrorBody } from '@nacre/model';
import { signV2 } from '@nacre/model/signing';
import { expect } from 'vitest';
import { type RawAnswer, rawRequest } from './raw-request.ts';
import { accessKey, secretKey } from './server.ts';

export interface OddRequest {
  readonly method?: string;
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly date?: Date;
  /** `null` for a request that nobody signed. */
  readonly keys?: { readonly accessKey: string; readonly secretKey: string } | null;
  /** In place of the body's own length. */
  readonly length?: number | null;
  readonly end?: boolean;
}

/** Sends a signed request, as odd as asked for. */
export function oddRequest(endpoint: string, ask: OddRequest): Promise<RawAnswer> {
  const { method = 'GET', target, headers = {}, body = '', keys = { accessKey, secretKey } } = ask;
  const signed = keys && signV2({ method, rawTarget: target, headers: { ...headers } }, keys, ask.date ?? new Date());
  const length = ask.length === undefined ? Buffer.byteLength(body) : ask.length;
  const lines = Object.entries({
    Host: new URL(endpoint).host,
    ...headers,
    ...signed,
    ...(length === null ? {} : { 'Content-Length': String(length) }),
  });
  const head = `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return rawRequest(endpoint, [Buffer.from(head, 'latin1'), body], { end: ask.end ?? false });
}

/** The error of an answer: all five elements, the integer equal to the status, the request number in its header. */
export function errorOf(answer: RawAnswer) {
  const error = decode(ErrorBody, Buffer.from(answer.body, 'latin1'));
  expect(error.httpErrorCode).toBe(answer.status);
  expect(String(error.resourceId)).toBe(answer.headers.get('x-amz-request-id'));
  expect(error.message).toBeTruthy();
  expect(error.resource).toBeDefined();
  expect(answer.body).not.toMatch(/\bat .*\.(ts|js):\d+/);
  expect(answer.reason).not.toBe('');
  return { status: answer.status, code: error.code };
}
