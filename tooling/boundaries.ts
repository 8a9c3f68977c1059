import { dirname, join, normalize } from 'node:path/posix';

/**
 * The arrows between the rooms of the house, read from import lines:
 * model ← store ← server, model ← client ← cli, and the server may be a client.
 */
const mayImport: Record<string, readonly string[]> = {
  'packages/model': [],
  'packages/store': ['@nacre/model'],
  'packages/client': ['@nacre/model'],
  'apps/server': ['@nacre/model', '@nacre/store', '@nacre/client'],
  'apps/cli': ['@nacre/model', '@nacre/client'],
};

interface Import {
  readonly from: string;
  /** What stands between `import` and `from`. */
  readonly names: string;
  /** Types leave no trace at run time. */
  readonly typeOnly: boolean;
}

/** Imports and re-exports of a source file, formatted as Biome leaves it. */
export function importsOf(source: string): Import[] {
  const statements = source.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:([\w$*{][^'";]*?)\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...statements].map(([, type, names = '', from, dynamic]) => ({
    from: from ?? dynamic ?? '',
    names,
    typeOnly: type !== undefined,
  }));
}

/**
 * What a source file does that its room does not allow, one line each.
 * @param path from the repository's folder on, with `/`: `packages/model/src/wire/scalar.ts`
 */
export function violations(path: string, source: string): string[] {
  const room = path.split('/').slice(0, 2).join('/');
  const inside = path.slice(room.length + '/src/'.length);
  const found: string[] = [];
  const say = (problem: string) => found.push(`${path}: ${problem}`);

  if (!/^([a-z0-9]+(-[a-z0-9]+)*\/)*[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(inside)) say('file names are kebab-case.ts');
  if (/^export default\b|^export \{[^}]*\bas default\b/m.test(source)) say('no default exports');
  if (room !== 'packages/store' && /\bsql(<[^`]*>)?`/.test(source)) say('SQL lives in packages/store');

  for (const line of importsOf(source)) {
    const { from } = line;
    const target = from.startsWith('.') ? normalize(join(dirname(path), from)) : undefined;
    if (target === undefined) {
      const scoped = /^@nacre\/[^/]+/.exec(from)?.[0];
      if (scoped !== undefined && !mayImport[room]?.includes(scoped)) say(`${room} does not import ${from}`);
    } else if (!target.startsWith(`${room}/src/`)) {
      say(`${from} leaves ${room}/src`);
    }

    if (room === 'packages/model' && from.startsWith('node:') && !speaksNode(inside)) {
      say(`the model runs in browsers, without ${from}`);
    }
    if (room === 'packages/store' && crosses(inside, target?.slice('packages/store/src/'.length))) {
      say('db/ and blobs/ do not import each other');
    }
    if (room === 'apps/server' && inside.startsWith('domain/') && !domainMayImport(line, target)) {
      say(`domain/ decides without ${from}`);
    }
  }
  return found;
}

/** Signing needs hashes; reading a request target does not. */
function speaksNode(insideModel: string): boolean {
  return insideModel.startsWith('signing/') && insideModel !== 'signing/target.ts';
}

function crosses(insideStore: string, target: string | undefined): boolean {
  const from = insideStore.split('/')[0];
  const to = target?.split('/')[0];
  return (from === 'db' && to === 'blobs') || (from === 'blobs' && to === 'db');
}

/** Decisions take values and answer values: no I/O of any kind, and nothing of who asks them. */
function domainMayImport({ from, names, typeOnly }: Import, target: string | undefined): boolean {
  if (target !== undefined) {
    return (
      target.startsWith('apps/server/src/domain/') || (typeOnly && !target.startsWith('apps/server/src/handlers/'))
    );
  }
  // A digest is a function of its input; everything else of Node asks the world.
  if (from === 'node:crypto') return names === '{ createHash }';
  return from === '@nacre/model' || (typeOnly && !from.startsWith('node:'));
}

/**
 * Files that `entry` loads at run time, itself included: what an import of the package pulls in.
 * @param sources by path, as `violations` takes it
 */
export function reachableFrom(entry: string, sources: ReadonlyMap<string, string>): Set<string> {
  const reached = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const source = sources.get(path);
    if (source === undefined || reached.has(path)) continue;
    reached.add(path);
    for (const { from, typeOnly } of importsOf(source)) {
      if (!typeOnly && from.startsWith('.')) waiting.push(normalize(join(dirname(path), from)));
    }
  }
  return reached;
}
