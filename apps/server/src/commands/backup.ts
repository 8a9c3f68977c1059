import { backUp } from '../backup.ts';
import { ConfigError, readConfig } from '../config.ts';

/** `nacre-server backup`: makes a data folder out of that of a running server, and ends. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const [to, ...rest] = args;
  if (to === undefined || to.startsWith('-')) throw new ConfigError('backup needs the folder that it is to make');
  const { data } = readConfig(rest, env);
  const { copied, kept, elsewhere } = await backUp({ data, to });
  for (const folder of elsewhere) process.stdout.write(`not in the backup: the pool at ${folder}\n`);
  process.stdout.write(`${to}: ${copied} blobs copied, ${kept} were there\n`);
}
