import './drizzle-imports.ts';
import { ConfigError, helpText } from './config.ts';

const failed = 1;
const wrongUsage = 2;

/** Each command is read when it is asked for: a server is ready the sooner the less it reads before its database starts. */
const commands: Readonly<
  Record<string, () => Promise<{ run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> }>>
> = {
  check: () => import('./commands/check.ts'),
  backup: () => import('./commands/backup.ts'),
};

async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(helpText());
    return;
  }
  const named = commands[args[0] ?? ''];
  if (named) await (await named()).run(args.slice(1), env);
  else await (await import('./commands/serve.ts')).run(args, env);
}

try {
  await main(process.argv.slice(2), process.env);
} catch (error) {
  process.stderr.write(`nacre-server: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? wrongUsage : failed);
}
