import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeConfig } from '../src/config.ts';
import { cli, freshFolder } from './support/cli.ts';
import { bucketXml, fakeSystem } from './support/fake-system.ts';

async function home() {
  const folder = await freshFolder();
  const env = { XDG_CONFIG_HOME: folder };
  return { env, path: join(folder, 'nacre', 'config.json'), folder: join(folder, 'nacre') };
}

test('values are kept in a file that its owner alone can read', async () => {
  const { env, path, folder } = await home();
  expect(await cli(['config', 'set', 'endpoint', 'blackpearl'], { env })).toEqual({ code: 0, stdout: '', stderr: '' });
  expect((await cli(['config', 'set', 'secret-key', '-'], { env, stdin: 'geheim\nmore' })).code).toBe(0);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    use: 'default',
    profiles: { default: { endpoint: 'blackpearl', secretKey: 'geheim' } },
  });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['config.json']);
  expect((await cli(['config', 'get', 'secret-key'], { env })).stdout).toBe('geheim\n');
});

test('the list of profiles shows no secret', async () => {
  const { env } = await home();
  await cli(['config', 'set', 'secret-key', 'geheim', '--profile', 'vault'], { env });
  const { stdout } = await cli(['config', 'list', '--output', 'json'], { env });
  expect(JSON.parse(stdout)).toEqual([{ name: 'vault', inUse: false, secretKey: '(hidden)' }]);
  expect((await cli(['config', 'list'], { env })).stdout).toMatch(/^vault +- +- +\(hidden\)/m);
});

test('a profile is made the one in use, and forgotten', async () => {
  const { env } = await home();
  await cli(['config', 'set', 'endpoint', 'a', '--profile', 'one'], { env });
  expect(await cli(['config', 'use', 'two'], { env })).toEqual({
    code: 2,
    stdout: '',
    stderr: "nacre: there is no profile 'two'\n",
  });
  await cli(['config', 'use', 'one'], { env });
  expect((await cli(['config', 'get', 'endpoint'], { env })).stdout).toBe('a\n');
  await cli(['config', 'remove', 'one'], { env });
  expect((await cli(['config', 'get', 'endpoint'], { env })).code).toBe(1);
});

test.each([
  ['{', 'is not JSON'],
  ['{"profiles":{"a":{"endpoint":7}}}', 'profiles.a.endpoint'],
  ['{"profiles":{"a":{"endpint":"x"}}}', 'profiles.a'],
])('a file %s is a usage error', async (text, why) => {
  const { env, path, folder } = await home();
  await mkdir(folder, { recursive: true });
  await writeFile(path, text);
  const { code, stderr } = await cli(['ls'], { env });
  expect(code).toBe(2);
  expect(stderr).toContain(why);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('unknown keys and values that cannot be meant are refused', async () => {
  const { env } = await home();
  expect((await cli(['config', 'set', 'endpunkt', 'x'], { env })).stderr).toContain('endpoint, access-key');
  expect((await cli(['config', 'set', 'signature', 'v3'], { env })).code).toBe(2);
  expect((await cli(['config', 'set', 'endpoint', ''], { env })).code).toBe(2);
});

test('flags count more than the environment, and the environment more than the profile in use', async () => {
  const { env } = await home();
  const systems = [
    await fakeSystem([[/./, bucketXml('by-profile')]]),
    await fakeSystem([[/./, bucketXml('by-environment')]]),
    await fakeSystem([[/./, bucketXml('by-flag')]]),
    await fakeSystem([[/./, bucketXml('by-named-profile')]]),
  ];
  const [byProfile, byEnvironment, byFlag, byNamedProfile] = systems.map(({ endpoint }) => endpoint);
  for (const profile of ['default', 'named']) {
    await cli(['config', 'set', 'access-key', profile, '--profile', profile], { env });
    await cli(['config', 'set', 'secret-key', 's', '--profile', profile], { env });
  }
  await cli(['config', 'set', 'endpoint', byProfile ?? ''], { env });
  await cli(['config', 'set', 'endpoint', byNamedProfile ?? '', '--profile', 'named'], { env });
  const head = async (argv: string[], more = {}) =>
    (await cli(['head', 'b', ...argv], { env: { ...env, ...more } })).stdout;
  const environment = { DS3_ENDPOINT: byEnvironment ?? '' };
  expect(await head([])).toContain('by-profile');
  expect(await head([], environment)).toContain('by-environment');
  expect(await head(['--endpoint', byFlag ?? ''], environment)).toContain('by-flag');
  expect(await head(['--profile', 'named'], environment)).toContain('by-named-profile');
  expect(systems[1]?.received[0]?.headers.authorization).toMatch(/^AWS default:/);
  expect(systems[3]?.received[0]?.headers.authorization).toMatch(/^AWS named:/);
});

test('what is missing is named', async () => {
  const { env } = await home();
  expect((await cli(['ls'], { env })).stderr).toContain('--endpoint');
  expect((await cli(['ls', '--endpoint', 'x'], { env })).stderr).toContain('--access-key');
  expect(await cli(['ls', '--endpoint', 'x', '--access-key', 'a'], { env })).toMatchObject({ code: 2 });
  expect(await cli(['ls', '--profile', 'nowhere'], { env })).toMatchObject({ code: 2 });
  expect((await cli(['ls', '--profile', 'constructor'], { env })).stderr).toContain("no profile 'constructor'");
  expect(await cli(['ls', '--endpoint', 'x/y', '--access-key', 'a', '--secret-key', 's'], { env })).toMatchObject({
    code: 2,
    stderr: "nacre: the endpoint 'x/y' must not have a path\n",
  });
});

test('a file that cannot be replaced leaves nothing beside it', async () => {
  const { env, path, folder } = await home();
  await mkdir(join(path, 'in-the-way'), { recursive: true });
  await expect(writeConfig(env, { use: 'default', profiles: {} })).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['config.json']);
});

test('the proxy of the environment is taken for http alone, and its failure names it', async () => {
  const user = { DS3_ACCESS_KEY: 'a', DS3_SECRET_KEY: 's', http_proxy: 'http://127.0.0.1:1' };
  const plain = await cli(['ls'], { env: { ...user, DS3_ENDPOINT: 'ds3.invalid' } });
  expect(plain.stderr).toBe(
    'nacre: no connection to ds3.invalid by way of the proxy 127.0.0.1:1: refused (try again)\n',
  );
  const secure = await cli(['ls'], { env: { ...user, DS3_ENDPOINT: 'https://127.0.0.1:2' } });
  expect(secure.stderr).toBe('nacre: no connection to 127.0.0.1:2: refused (try again)\n');
});
