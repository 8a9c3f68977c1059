import { describe, expect, test } from 'vitest';
import { encodePath, encodePercent, parseTarget, splitTarget, TargetError } from '../../src/signing/target.ts';

describe('a target', () => {
  test('is cut and nothing else done to it', () => {
    expect(splitTarget('/b//../k%2F?a=%41&b?c')).toEqual({ rawPath: '/b//../k%2F', rawQuery: 'a=%41&b?c' });
    expect(splitTarget('/')).toEqual({ rawPath: '/', rawQuery: '' });
  });

  test('may be in absolute form', () => {
    expect(splitTarget('http://h:8080/b?c')).toEqual({ rawPath: '/b', rawQuery: 'c' });
    expect(splitTarget('HTTPS://h')).toEqual({ rawPath: '/', rawQuery: '' });
    expect(splitTarget('/http://h/b')).toEqual({ rawPath: '/http://h/b', rawQuery: '' });
  });

  test('is decoded as UTF-8; a plus is a blank in the query alone', () => {
    expect(parseTarget('/b/%C3%A4+%2B%2F?a+b=c+%2B%3d&d&e=&&=f')).toEqual({
      rawPath: '/b/%C3%A4+%2B%2F',
      rawQuery: 'a+b=c+%2B%3d&d&e=&&=f',
      path: 'b/ä++/',
      query: [
        { name: 'a b', value: 'c +=' },
        { name: 'd', value: undefined },
        { name: 'e', value: '' },
        { name: '', value: 'f' },
      ],
    });
  });

  test.each(['*', 'b', '?a', 'ftp://h/b', '/%', '/%4', '/%ff', '/%C3', '/?a=%zz', '/%00', '/?%00', '/\uD800'])(
    '%j cannot be read',
    (target) => {
      expect(() => parseTarget(target)).toThrow(TargetError);
    },
  );
});

test('all but unreserved characters are encoded', () => {
  expect(encodePercent("aZ09-._~!'()*/ ä")).toBe('aZ09-._~%21%27%28%29%2A%2F%20%C3%A4');
  expect(encodePath("a b/c'd//")).toBe('a%20b/c%27d//');
});
