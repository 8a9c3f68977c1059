import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

test('a flag wins over the environment, and both over the fallback', () => {
  const config = readConfig(['--listen', '[::1]:9000', '--data=/srv/a=b'], {
    NACRE_LISTEN: 'h:1',
    NACRE_BLOB_SIZE: '10MiB',
  });
  expect(config.listen).toEqual({ host: '::1', port: 9000 });
  expect(config.data).toBe('/srv/a=b');
  expect(config.blobSize).toBe(10_485_760);
  expect(config.keepFinishedJobsDays).toBe(30);
});

test.each([
  [['--lisen', 'a:1']],
  [['--listen']],
  [['--listen', 'nowhere']],
  [['--listen', 'a:70000']],
  [['--blob-size', '10 apples']],
  [['--blob-size', '-1']],
  [['--blob-size', '99999999TB']],
  [['--job-idle-hours', '0']],
  [['--log-level', 'loud']],
  [['--master-key', 'abc']],
  [['--pools', 'name']],
  [['--pools', 'a=/mnt/a,=/mnt/b']],
  [['--pools', 'a@=/mnt/a']],
])('%j is refused', (args) => {
  expect(() => readConfig(args, {})).toThrow(ConfigError);
});

test('pools are named with their folders, and with a partition where one is meant', () => {
  const { pools } = readConfig(['--pools', 'a=/mnt/a, b@Second Copy=/mnt/x=y'], {});
  expect(pools).toEqual([
    { name: 'a', partition: undefined, folder: '/mnt/a' },
    { name: 'b', partition: 'Second Copy', folder: '/mnt/x=y' },
  ]);
  expect(readConfig([], {}).pools).toEqual([]);
});
