// Reads a Load from standard input, does it, and prints a LoadResult.
import { text } from 'node:stream/consumers';
import { doLoad } from './do-load.ts';

if (import.meta.main) process.stdout.write(JSON.stringify(await doLoad(JSON.parse(await text(process.stdin)))));
