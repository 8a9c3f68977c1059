import { expect, test } from 'vitest';
import { configurationPage } from './configuration.ts';

test('each setting is a row with its flag, its environment name, its default and its purpose', () => {
  const page = configurationPage({
    listen: { env: 'NACRE_LISTEN', flag: '--listen', fallback: '127.0.0.1:8080', about: 'Host and port.' },
    level: { env: 'NACRE_LEVEL', flag: '--level', fallback: '', about: 'One of a|b.' },
  });
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual([
    '| `--listen` | `NACRE_LISTEN` | `127.0.0.1:8080` | Host and port. |',
    '| `--level` | `NACRE_LEVEL` |  | One of a\\|b. |',
  ]);
});
