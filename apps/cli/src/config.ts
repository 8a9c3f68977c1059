import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { UsageError } from './exit-codes.ts';

/** A system and a user of it, under a name. */
const Profile = z.strictObject({
  endpoint: z.string().optional(),
  accessKey: z.string().optional(),
  secretKey: z.string().optional(),
  signature: z.enum(['v2', 'v4']).optional(),
  proxy: z.string().optional(),
  /** Path of a PEM file. */
  caFile: z.string().optional(),
});
export type Profile = z.infer<typeof Profile>;

export const profileKeys = ['endpoint', 'accessKey', 'secretKey', 'signature', 'proxy', 'caFile'] as const;
export type ProfileKey = (typeof profileKeys)[number];

const Config = z.strictObject({
  /** The profile that is used when none is named. */
  use: z.string().default('default'),
  profiles: z.record(z.string(), Profile).default({}),
});
export type Config = z.infer<typeof Config>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** `$XDG_CONFIG_HOME/nacre/config.json`, or `~/.config/nacre/config.json`. Errors: `UsageError` when there is no home. */
function configPath(env: Environment): string {
  if (env.XDG_CONFIG_HOME) return join(env.XDG_CONFIG_HOME, 'nacre', 'config.json');
  if (env.HOME) return join(env.HOME, '.config', 'nacre', 'config.json');
  if (env.APPDATA) return join(env.APPDATA, 'nacre', 'config.json');
  throw new UsageError('there is no place for the configuration: set HOME or XDG_CONFIG_HOME');
}

/** An empty configuration when there is no file, or no place for one. Errors: `UsageError` when it cannot be read. */
export async function readConfig(env: Environment): Promise<Config> {
  if (!env.XDG_CONFIG_HOME && !env.HOME && !env.APPDATA) return Config.parse({});
  const path = configPath(env);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return Config.parse({});
    throw new UsageError(`${path} cannot be read: ${message}`);
  }
  return parseConfig(text, path);
}

function parseConfig(text: string, path: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is not JSON`);
  }
  const parsed = Config.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${path}: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** Writes the whole file anew, readable by its owner alone: beside it first, then in its place. */
export async function writeConfig(env: Environment, config: Config): Promise<void> {
  const path = configPath(env);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const beside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(config, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** Errors: `UsageError` when a profile is asked for by name and does not exist. */
export function profileNamed(config: Config, name: string | undefined): Profile {
  const wanted = name ?? config.use;
  if (Object.hasOwn(config.profiles, wanted)) return config.profiles[wanted] ?? {};
  if (name === undefined) return {};
  const known = Object.keys(config.profiles);
  throw new UsageError(
    `there is no profile '${name}'; ${known.length > 0 ? `known: ${known.join(', ')}` : 'none is set'}`,
  );
}
