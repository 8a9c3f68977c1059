import { decode, ErrorBody } from '@nacre/model';
import { signV2 } from '@nacre/model/signing';
import { afterEach, describe, expect, test } from 'vitest';
import { type RawAnswer, rawRequest } from '../support/raw-request.ts';
import { accessKey, secretKey, startTestServer } from '../support/server.ts';

const { endpoint } = await startTestServer();
const host = `Host: ${new URL(endpoint).host}`;
const get = 'GET / HTTP/1.1';
const put = 'PUT /b/k HTTP/1.1';
const body = '3\r\nabc\r\n0\r\n\r\n';

/** Signed headers, so that what is refused is not refused for want of a signature. */
function signed(method: string, target: string): string {
  const rawTarget = target.startsWith('/') ? target : '/';
  const headers = signV2({ method, rawTarget, headers: {} }, { accessKey, secretKey }, new Date());
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

function send(line: string, fields: readonly string[], rest = ''): Promise<RawAnswer> {
  const [method = '', target = ''] = line.split(' ');
  const head = `${line}\r\n${fields.map((field) => `${field}\r\n`).join('')}${signed(method, target)}\r\n`;
  return rawRequest(endpoint, Buffer.from(head + rest, 'latin1'), { end: false });
}

function codeOf(answer: RawAnswer): string {
  const error = decode(ErrorBody, Buffer.from(answer.body, 'latin1'));
  expect(error.httpErrorCode).toBe(answer.status);
  return error.code;
}

afterEach(async () => {
  expect((await fetch(`${endpoint}/_nacre/health/ready`)).status).toBe(200);
});

test('a request as it should be is served', async () => {
  expect((await send(get, [host])).status).toBe(200);
});

/** The table of docs/security.md: what comes, and what is answered. */
const refused: Readonly<Record<string, readonly [line: string, fields: readonly string[], rest?: string]>> = {
  'no Host': [get, []],
  'two Hosts': [get, [host, 'Host: elsewhere']],
  'the same Host twice': [get, [host, host]],
  'HTTP/2.0 on a line of version 1': ['GET / HTTP/2.0', [host]],
  'HTTP/1.2': ['GET / HTTP/1.2', [host]],
  'HTTP/0.9': ['GET /', [host]],
  'a method in lower case': ['get / HTTP/1.1', [host]],
  'a method nobody knows': ['BREW / HTTP/1.1', [host]],
  'a coding under the chunks': [put, [host, 'Transfer-Encoding: gzip, chunked'], body],
  'a coding over the chunks': [put, [host, 'Transfer-Encoding: chunked, gzip'], body],
  'identity as a coding': [put, [host, 'Transfer-Encoding: identity'], body],
  'chunks in chunks': [put, [host, 'Transfer-Encoding: chunked, chunked'], body],
  'Transfer-Encoding twice': [put, [host, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], body],
  'a coding that ends in chunked': [put, [host, 'Transfer-Encoding: xchunked'], body],
  'chunks in HTTP/1.0': ['PUT /b/k HTTP/1.0', [host, 'Transfer-Encoding: chunked'], body],
  'Content-Length and chunks': [put, [host, 'Content-Length: 3', 'Transfer-Encoding: chunked'], body],
  'Content-Length twice': [put, [host, 'Content-Length: 3', 'Content-Length: 4'], 'abc'],
  'the same Content-Length twice': [put, [host, 'Content-Length: 3', 'Content-Length: 3'], 'abc'],
  'a list of lengths': [put, [host, 'Content-Length: 3, 3'], 'abc'],
  'a length with a sign': [put, [host, 'Content-Length: +3'], 'abc'],
  'a length below nothing': [put, [host, 'Content-Length: -1'], 'abc'],
  'a length beyond 64 bits': [put, [host, 'Content-Length: 99999999999999999999999'], 'abc'],
  'a length beyond exact numbers': [put, [host, 'Content-Length: 18446744073709551615'], 'abc'],
  'a folded header': [get, [host, 'X-A: b\r\n c']],
  'a blank before the colon': [get, [host, 'X-A : b']],
  'a blank before the first header': [get, [` ${host}`]],
  'a bare line feed': [get, [`${host}\nX-A: b`]],
  'a bare carriage return': [get, [`${host}\rX-A: b`]],
  'a NUL in a header': [get, [host, 'X-A: b\0c']],
  'a control character in a header': [get, [host, 'X-A: b\x01c']],
  'a header without a name': [get, [host, ': b']],
  'a blank in the target': ['GET /a b HTTP/1.1', [host]],
  'a tab in the target': ['GET /a\tb HTTP/1.1', [host]],
  'a byte above 127 in the target': ['GET /\xe9 HTTP/1.1', [host]],
  'a target that is no path': ['GET abc HTTP/1.1', [host]],
  'a target of another scheme': ['GET ftp://h/abc HTTP/1.1', [host]],
  'a target of the whole server': ['OPTIONS * HTTP/1.1', [host]],
  'a size of a chunk that is no number': [put, [host, 'Transfer-Encoding: chunked'], '0x3\r\nabc\r\n0\r\n\r\n'],
  'a size of a chunk beyond 64 bits': [put, [host, 'Transfer-Encoding: chunked'], 'fffffffffffffffff\r\nabc'],
};

describe('refused with 400 and a DS3 error:', () => {
  test.each(Object.entries(refused))('%s', async (_what, [line, fields, rest]) => {
    const answer = await send(line, fields, rest);
    expect(answer.status).toBe(400);
    expect(['BadRequest', 'InvalidArgument', 'InvalidURI', 'MethodNotAllowed']).toContain(codeOf(answer));
  });
});

test('headers larger than the limit are refused with 431', async () => {
  const answer = await send(get, [host, `X-A: ${'a'.repeat(16_384)}`]);
  expect([answer.status, codeOf(answer)]).toEqual([431, 'BadRequest']);
});

test('no header is dropped, however many there are', async () => {
  const many = Array.from({ length: 2200 }, () => 'a:');
  const answer = await send(get, [...many, host, host]);
  expect([answer.status, codeOf(answer)]).toEqual([400, 'BadRequest']);
});

test('an expectation other than 100-continue is refused with 417', async () => {
  const answer = await send(put, [host, 'Expect: cookies', 'Content-Length: 3'], 'abc');
  expect([answer.status, codeOf(answer)]).toEqual([417, 'BadRequest']);
});

test('an upgrade is not taken up: the request is served as it is', async () => {
  const answer = await send(get, [host, 'Connection: Upgrade', 'Upgrade: h2c']);
  expect(answer.status).toBe(200);
});

test('a tunnel is not dug: the connection ends', async () => {
  await expect(send('CONNECT elsewhere:80 HTTP/1.1', [host])).rejects.toThrow('no answer');
});

test('what cannot be read is not taken for the answer of a request before it', async () => {
  const first = `${get}\r\n${host}\r\n${signed('GET', '/')}\r\n`;
  const answer = await rawRequest(endpoint, Buffer.from(`${first}NONSENSE\r\n\r\n`, 'latin1'), { end: false }).catch(
    () => undefined,
  );
  expect([undefined, 200]).toContain(answer?.status);
});
