import { describe, expect, test } from 'vitest';
import { answeredHeaders, contentHeadersOf } from '../../src/domain/system-metadata.ts';

describe('what is kept with an object', () => {
  test('is what the request says of its content', () => {
    const sent = { contentType: 'video/mxf', cacheControl: 'no-cache', bucket: 'b', metadata: { a: 'b' } };
    expect(contentHeadersOf(sent)).toEqual({ contentType: 'video/mxf', cacheControl: 'no-cache' });
    expect(contentHeadersOf({})).toBeUndefined();
  });

  test.each([
    ['aws-chunked', undefined],
    ['aws-chunked,gzip', 'gzip'],
    ['gzip, AWS-chunked', 'gzip'],
    ['gzip, br', 'gzip, br'],
  ])('the encoding %s is %s', (contentEncoding, kept) => {
    expect(contentHeadersOf({ contentEncoding })?.contentEncoding).toBe(kept);
  });
});

describe('what is answered', () => {
  test('is what was kept, except where the request wants otherwise', () => {
    const kept = { contentType: 'video/mxf', expires: '0' };
    expect(answeredHeaders(kept, { responseContentType: 'text/plain' })).toEqual({
      contentType: 'text/plain',
      expires: '0',
    });
    expect(answeredHeaders(undefined, {})).toEqual({});
  });

  test.each(['a\r\nSet-Cookie: b', 'a\nb', '日本', 'a\u0000'])('is never a header that %j would make', (text) => {
    expect(() => answeredHeaders(undefined, { responseContentDisposition: text })).toThrow('cannot be a header');
  });
});
