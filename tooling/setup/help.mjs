import { readFileSync } from 'node:fs';

/**
 * When `--help` is among the arguments, prints the comment at the head of the script and ends the process.
 * @param {string} script its path
 */
export function helpIfAsked(script) {
  if (!process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) return;
  const lines = readFileSync(script, 'utf8').split('\n');
  const head = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('//')),
  );
  console.log(head.map((line) => line.replace(/^\/\/ ?/, '')).join('\n'));
  process.exit(0);
}
