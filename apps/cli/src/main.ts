import { once } from 'node:events';
import { systemClock } from '@nacre/client';
import { exitCodes, Interrupted } from './exit-codes.ts';
import type { Sink } from './io.ts';
import { run } from './run.ts';

const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // The first one ends the work in order, the second one at once.
  process.once(signal, () => interrupt.abort(new Interrupted()));
}

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: sinkOf(process.stdout),
  stderr: sinkOf(process.stderr),
  env: process.env,
  signal: interrupt.signal,
  clock: systemClock,
});

function sinkOf(stream: NodeJS.WriteStream): Sink {
  // Whoever read the output has gone away (`nacre ls | head`): nobody is left to work for.
  stream.on('error', () => process.exit(exitCodes.failed.code));
  return {
    isTerminal: stream.isTTY === true,
    async write(text) {
      if (!stream.write(text)) await once(stream, 'drain');
    },
  };
}
