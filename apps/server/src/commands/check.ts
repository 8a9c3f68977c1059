import { checkSystem } from '../check.ts';
import { readConfig } from '../config.ts';

const problemsLeft = 3;

/** `nacre-server check`: says what is wrong with a data folder and its database, and ends. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const own = ['--read', '--repair'];
  const config = readConfig(
    args.filter((arg) => !own.includes(arg)),
    env,
  );
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const [readAll, repair] = own.map((flag) => args.includes(flag));
  const result = await checkSystem({ config, say, readAll: readAll === true, repair: repair === true });
  const { blobs, copies, problems, repaired } = result;
  say(`${blobs} blobs, ${copies} copies: ${problems} problems, ${repaired} repaired`);
  process.exitCode = problems > repaired ? problemsLeft : 0;
}
