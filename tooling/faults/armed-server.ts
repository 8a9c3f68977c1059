import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Run, Wrong } from './campaign.ts';
import { checkFolder } from './check-folder.ts';
import type { Scenario } from './load/scenarios.ts';
import { type ServerProcess, startServer } from './processes.ts';
import { replaceFile } from './replace-file.ts';

/** A server that is started again when it has ended, and the file that arms its failpoints. */
export interface ArmedServer {
  server: ServerProcess;
  startAgain(): Promise<void>;
  arm(rules: string): void;
  /** Where its steps are written down when they are traced. */
  readonly trace: string;
  /** Of the next case. */
  number: number;
}

export async function openArmedServer(
  { folder, signal }: Run,
  name: string,
  settings: Readonly<Record<string, string>>,
): Promise<ArmedServer> {
  const rules = join(folder, `${name}.rules`);
  replaceFile(rules, '');
  const options = { dataFolder: join(folder, name), env: { ...settings, NACRE_FAILPOINTS: `@${rules}` }, signal };
  const armed: ArmedServer = {
    server: await startServer(options),
    async startAgain() {
      armed.server = await startServer(options);
    },
    arm: (written) => replaceFile(rules, written),
    trace: join(folder, `${name}.steps`),
    number: 1,
  };
  return armed;
}

/** The steps that were written down since `trace` was emptied. */
export function stepsIn({ trace }: ArmedServer): readonly string[] {
  return existsSync(trace) ? [...new Set(readFileSync(trace, 'utf8').split('\n').filter(Boolean))] : [];
}

/** Does the work once without a fault, to learn its steps. */
export async function stepsOf(armed: ArmedServer, scenario: Scenario, wrong: string[]): Promise<string[]> {
  const one = scenario.begin(armed.number++);
  const client = armed.server.client();
  await one.prepare(client);
  emptyTrace(armed);
  armed.arm(`*=trace:${armed.trace}`);
  await one.act(client);
  armed.arm('');
  wrong.push(...(await one.check(client)));
  return stepsIn(armed).filter((step) => scenario.scopes.includes(step.split('/')[0] ?? ''));
}

export function emptyTrace({ trace }: ArmedServer): void {
  rmSync(trace, { force: true });
}

/** Kills the server and checks what it leaves. */
export async function endAndCheck({ seed, signal }: Run, { server }: ArmedServer): Promise<Wrong[]> {
  await server.kill();
  return (await checkFolder(server.dataFolder, signal)).map((what) => ({ seed, what }));
}
