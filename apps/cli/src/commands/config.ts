import type { Command } from 'commander';
import { type Config, type Profile, type ProfileKey, profileKeys, readConfig, writeConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../exit-codes.ts';
import { table } from '../output/table.ts';
import type { AddCommands } from '../run.ts';

/** As keys are written on the command line. */
const keysByName = new Map<string, ProfileKey>(
  profileKeys.map((key) => [key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), key]),
);

export const addConfigCommands: AddCommands = (program, act) => {
  const config = program
    .command('config')
    .description('systems and users that are kept under a name')
    .addHelpText(
      'after',
      `\nKeys: ${[...keysByName.keys()].join(', ')}. --profile says whose; without it, the profile in use.`,
    );
  const profileFlag = () => program.opts<{ profile?: string }>().profile;
  const change = (context: Context, work: (config: Config, profile: string) => Promise<Config> | Config) =>
    changeConfig(context, profileFlag(), work);

  subcommand(config, 'set', 'keep a value')
    .argument('<key>', 'what')
    .argument('<value>', '- reads it from standard input, so that a secret is not seen')
    .action((name: string, written: string) =>
      act((context) =>
        change(context, async (all, profile) => {
          const value = written === '-' ? await readLine(context) : written;
          return withProfile(all, profile, { ...all.profiles[profile], ...parsed(name, value) });
        }),
      ),
    );

  subcommand(config, 'get', 'show a value')
    .argument('<key>', 'what')
    .action((name: string) =>
      act(async (context) => {
        context.refuseXml();
        const all = await readConfig(context.io.env);
        const value = all.profiles[profileFlag() ?? all.use]?.[keyNamed(name)];
        if (value === undefined) throw new Error(`${name} is not set in profile '${profileFlag() ?? all.use}'`);
        await context.show({ value, table: () => `${value}\n` });
      }),
    );

  subcommand(config, 'list', 'show all profiles, secrets hidden').action(() =>
    act(async (context) => {
      context.refuseXml();
      const { use, profiles } = await readConfig(context.io.env);
      const rows = Object.entries(profiles).map(([name, { secretKey, ...rest }]) => ({
        name,
        inUse: name === use,
        ...rest,
        secretKey: secretKey === undefined ? undefined : '(hidden)',
      }));
      await context.show({
        value: rows,
        table: () =>
          table(rows, [
            { title: 'PROFILE', value: ({ name, inUse }) => (inUse ? `${name} *` : name) },
            { title: 'ENDPOINT', value: ({ endpoint }) => endpoint },
            { title: 'ACCESS KEY', value: ({ accessKey }) => accessKey },
            { title: 'SECRET KEY', value: ({ secretKey }) => secretKey },
            { title: 'SIGNATURE', value: ({ signature }) => signature },
            { title: 'PROXY', value: ({ proxy }) => proxy },
            { title: 'CA FILE', value: ({ caFile }) => caFile },
          ]),
      });
    }),
  );

  subcommand(config, 'remove', 'forget a profile')
    .argument('<profile>', 'its name')
    .action((name: string) =>
      act((context) =>
        change(context, (all) => {
          if (!Object.hasOwn(all.profiles, name)) throw new UsageError(`there is no profile '${name}'`);
          const { [name]: _, ...profiles } = all.profiles;
          return { ...all, profiles };
        }),
      ),
    );

  subcommand(config, 'use', 'make a profile the one that is used when none is named')
    .argument('<profile>', 'its name')
    .action((name: string) =>
      act((context) =>
        change(context, (all) => {
          if (!Object.hasOwn(all.profiles, name)) throw new UsageError(`there is no profile '${name}'`);
          return { ...all, use: name };
        }),
      ),
    );
};

function subcommand(config: Command, name: string, description: string): Command {
  return config.command(name).description(description);
}

async function changeConfig(
  { io }: Context,
  named: string | undefined,
  work: (config: Config, profile: string) => Promise<Config> | Config,
): Promise<void> {
  const config = await readConfig(io.env);
  await writeConfig(io.env, await work(config, named ?? config.use));
}

function withProfile(config: Config, name: string, profile: Profile): Config {
  return { ...config, profiles: { ...config.profiles, [name]: profile } };
}

function keyNamed(name: string): ProfileKey {
  const key = keysByName.get(name) ?? profileKeys.find((each) => each === name);
  if (!key) throw new UsageError(`'${name}' is none of ${[...keysByName.keys()].join(', ')}`);
  return key;
}

function parsed(name: string, value: string): Profile {
  const key = keyNamed(name);
  if (key === 'signature' && value !== 'v2' && value !== 'v4') throw new UsageError(`'${value}' is neither v2 nor v4`);
  if (value === '') throw new UsageError(`${name} must not be empty`);
  return { [key]: value };
}

async function readLine({ io }: Context): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of io.stdin) {
    parts.push(part);
    if (part.includes(0x0a)) break;
  }
  return Buffer.concat(parts).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
}
