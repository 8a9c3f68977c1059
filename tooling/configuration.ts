// Writes docs/configuration.md from the server's settings; with --check, fails when the page is not what it would write.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from '@nacre/server';
import { root } from './setup/workspace.mjs';

interface Setting {
  readonly env: string;
  readonly flag: string;
  readonly fallback: string;
  readonly about: string;
}

/** The page: one row for each setting, in the order of the table it comes from. */
export function configurationPage(table: Readonly<Record<string, Setting>>): string {
  const rows = Object.values(table).map(({ env, flag, fallback, about }) =>
    [code(flag), code(env), fallback === '' ? '' : code(fallback), cell(about)].join(' | '),
  );
  return `# Configuration

<!-- Derived from the settings of the server by \`pnpm docs:configuration\`: change it there. -->

\`nacre-server\` takes each setting from its flag, else from the environment, else from the default. It reads them once,
when it starts; a flag it does not know and a value it cannot read end it with exit code 2 and a line that says which.

| Flag | Environment | Default | What it is for |
| --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}
`;
}

function code(text: string): string {
  return `\`${cell(text)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

if (import.meta.main) {
  const file = join(root, 'docs', 'configuration.md');
  const page = configurationPage(settings);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, page);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== page) {
    console.error('docs/configuration.md is not what the settings say: run `pnpm docs:configuration` and commit it.');
    process.exitCode = 1;
  }
}
