import { expect, test } from 'vitest';
import { cli } from './support/cli.ts';
import { errorXml, fakeSystem } from './support/fake-system.ts';

test('help lists the commands and every exit code', async () => {
  const { code, stdout, stderr } = await cli(['--help']);
  expect([code, stderr]).toEqual([0, '']);
  for (const exit of ['0 ', '1 ', '2 ', '3 ', '4 ', '5 ', '6 ', '7 ', '8 ', '130 '])
    expect(stdout).toMatch(new RegExp(`^  ${exit}`, 'm'));
  for (const command of ['ls', 'mb', 'rb', 'put', 'get', 'rm', 'head', 'job', 'system', 'call', 'config']) {
    expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  }
  expect(await cli(['help', 'put'])).toMatchObject({ code: 0, stdout: expect.stringContaining('--resume') });
});

test('the version is a version', async () => {
  expect((await cli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
});

test.each([
  [['nonsense'], "unknown command 'nonsense'"],
  [['ls', '--nonsense'], "unknown option '--nonsense'"],
  [['put', 'bucket'], "missing required argument 'paths'"],
  [['ls', 'a', 'b'], 'too many arguments'],
  [['ls', '--output', 'yaml'], 'yaml'],
  [['put', 'b', '.', '--max-upload-size', 'huge'], "'huge' is not a size"],
  [['put', 'b', '.', '--priority', 'CRITICAL'], "'CRITICAL' is none of URGENT, HIGH, NORMAL, LOW"],
  [['put', 'b', '.', '--concurrency', '0'], "'0' is not a number"],
  [['get', 'b', '.', '--concurrency', '257'], 'too many'],
  [['job', 'replicate', 'x'], '--to'],
])('%j is a usage error, told in one line', async (argv, why) => {
  const { code, stdout, stderr } = await cli(argv);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(why);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test.each([
  [404, 'NoSuchBucket', 3],
  [410, 'Gone', 3],
  [403, 'SignatureDoesNotMatch', 4],
  [409, 'BucketNotEmpty', 5],
  [503, 'ServiceUnavailable', 6],
  [400, 'InvalidArgument', 1],
  [400, 'BadDigest', 8],
  [501, 'NotImplemented', 1],
  [500, 'InternalError', 1],
])('status %d %s ends with exit code %#', async (status, name, exit) => {
  const system = await fakeSystem([[/./, { status, body: errorXml(name, status, 'It is so.') }]]);
  const { code, stdout, stderr } = await cli(['rb', 'x'], { env: system.env });
  expect([code, stdout]).toEqual([exit, '']);
  expect(stderr).toMatch(new RegExp(`^nacre: ${name} \\(${status}\\): It is so\\.[^\\n]*\\n$`));
});

test('whether a retry helps is part of the line', async () => {
  const busy = await fakeSystem([
    [/./, { status: 503, headers: { 'Retry-After': '300' }, body: errorXml('ServiceUnavailable', 503, 'Busy.') }],
  ]);
  expect((await cli(['rb', 'x'], { env: busy.env })).stderr).toBe(
    'nacre: ServiceUnavailable (503): Busy. (try again in 300 s)\n',
  );
  const nobody = { ...busy.env, DS3_ENDPOINT: '127.0.0.1:1' };
  expect(await cli(['rb', 'x'], { env: nobody })).toEqual({
    code: 7,
    stdout: '',
    stderr: 'nacre: no connection to 127.0.0.1:1: refused (try again)\n',
  });
});

test('what a system says cannot command the terminal or break the line', async () => {
  const message = 'two\nlines &#x1F;[31m red \u009b31m';
  const system = await fakeSystem([
    [/./, { status: 404, body: errorXml('NotFound', 404, message.replace('&#x1F;', '')) }],
  ]);
  const { stderr } = await cli(['rb', 'x'], { env: system.env });
  expect(stderr).toBe('nacre: NotFound (404): two lines [31m red \\u009b31m\n');
});

test('the code that Spectra puts before its messages is not said twice, and a fault names its request', async () => {
  const message = 'InternalError[500]: It broke.';
  const system = await fakeSystem([
    [/./, { status: 500, headers: { 'x-amz-request-id': '4711' }, body: errorXml('InternalError', 500, message) }],
  ]);
  expect((await cli(['rb', 'x'], { env: system.env })).stderr).toBe(
    'nacre: InternalError (500): It broke. [request 4711] (a retry may help)\n',
  );
});

test('an interrupt ends with 130', async () => {
  const stop = new AbortController();
  const system = await fakeSystem([
    [
      /./,
      () => {
        stop.abort();
        return { status: 204 };
      },
    ],
  ]);
  expect(await cli(['rb', 'x'], { env: system.env, signal: stop.signal })).toEqual({
    code: 130,
    stdout: '',
    stderr: 'nacre: interrupted\n',
  });
});
