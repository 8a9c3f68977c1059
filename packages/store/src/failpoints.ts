import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Failpoints: steps of the work with data at which a fault can be brought about, to see what becomes of the data.
 *
 * A step is named where it is: `disk.rename`, `db.commit`. What it is a step of is its scope: an operation, a worker, the
 * start. `NACRE_FAILPOINTS` names rules with commas between, `[SCOPE/]STEP[#HIT][%SHARE]=ACTION[:ARGUMENT]`:
 *
 *     putObject/disk.rename#1=kill        the process kills itself before the first rename of a PUT
 *     db.commit%20=error:40001            one COMMIT in five fails, as PostgreSQL fails one that cannot be serialized
 *     db.committed#1=error:08006          the answer to the first COMMIT is lost
 *     answer=pause:500                    each answer comes half a second later
 *     *=trace:/tmp/steps                  every step is written down, as SCOPE/STEP#HIT
 *
 * `NACRE_FAILPOINTS=@FILE` takes the rules from a file, and takes them again when the file changes: an empty one arms
 * nothing yet. Hits are counted anew from then on.
 *
 * Until they are armed a step costs the call of a function that does nothing. docs/decisions/0018-failpoints.md says more.
 */
let armed: readonly Rule[] | undefined;
let source: { readonly file: string; version: string } | undefined;
const hits = new Map<string, number>();
const scopes = new AsyncLocalStorage<string>();

interface Rule {
  readonly scope: string | undefined;
  /** `*` is any. */
  readonly step: string;
  /** From 1; each when absent. */
  readonly hit: number | undefined;
  /** Of a hundred. */
  readonly share: number;
  readonly action: Action;
}

type Action =
  | { readonly kind: 'kill' }
  | { readonly kind: 'error'; readonly code: string | undefined }
  | { readonly kind: 'pause'; readonly milliseconds: number }
  | { readonly kind: 'trace'; readonly file: string };

/** A fault that a failpoint brought about. */
export class InjectedFault extends Error {
  /** An SQLSTATE or a code of the system, when the rule names one. */
  readonly code: string | undefined;

  constructor(step: string, code: string | undefined) {
    super(`A fault was brought about on purpose at ${step}.`);
    this.name = 'InjectedFault';
    this.code = code;
  }
}

/**
 * Arms what the environment names. Answers the rules as they are written, for the log; `undefined` when there are none.
 * Errors: a plain Error for a rule that cannot be read, and in production: faults are for tests alone.
 */
export function armFailpoints(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const written = env.NACRE_FAILPOINTS?.trim();
  armed = undefined;
  source = undefined;
  hits.clear();
  if (!written) return undefined;
  if (env.NODE_ENV === 'production') {
    throw new Error('NACRE_FAILPOINTS brings faults about on purpose, and is refused where NODE_ENV is production');
  }
  armed = written.startsWith('@') ? [] : readRules(written);
  if (written.startsWith('@')) source = { file: written.slice(1), version: '' };
  return written;
}

function readRules(written: string): Rule[] {
  return written.trim() === '' ? [] : written.split(',').map(readRule);
}

/** The rules that hold now. */
function rulesNow(rules: readonly Rule[]): readonly Rule[] {
  if (source === undefined) return rules;
  // A file that is put in the place of another within the same tick of the clock has the same time.
  const { ino, mtimeMs } = statSync(source.file);
  const version = `${ino} ${mtimeMs}`;
  if (version !== source.version) {
    source.version = version;
    armed = readRules(readFileSync(source.file, 'utf8'));
    hits.clear();
  }
  return armed ?? rules;
}

const ruleForm = /^(?:([^/=#%]+)\/)?([^/=#%]+)(?:#([1-9]\d*))?(?:%(\d{1,3}))?=(kill|error|pause|trace)(?::(.+))?$/;

function readRule(written: string): Rule {
  const [, scope, step, hit, share, kind, argument] = ruleForm.exec(written.trim()) ?? [];
  const action = step === undefined ? undefined : actionOf(kind, argument);
  if (step === undefined || action === undefined)
    throw new Error(`NACRE_FAILPOINTS has '${written}', which is no rule`);
  return { scope, step, hit: hit === undefined ? undefined : Number(hit), share: Number(share ?? 100), action };
}

function actionOf(kind: string | undefined, argument: string | undefined): Action | undefined {
  switch (kind) {
    case 'kill':
      return { kind };
    case 'error':
      return { kind, code: argument };
    case 'pause':
      return { kind, milliseconds: Number(argument ?? 0) };
    case 'trace':
      return argument === undefined ? undefined : { kind, file: argument };
    default:
      return undefined;
  }
}

export function areFailpointsArmed(): boolean {
  return armed !== undefined;
}

/** What follows, in this function and all that it calls, belongs to this scope. */
export function enterFailpointScope(scope: string): void {
  if (armed !== undefined) scopes.enterWith(scope);
}

/** The function keeps the scope of here, whoever calls it. */
export function withFailpointScope<F extends (...args: never[]) => unknown>(work: F): F {
  return armed === undefined ? work : AsyncLocalStorage.bind(work);
}

/** A step is reached and not done yet. Errors: `InjectedFault`. */
export function failpoint(step: string): Promise<void> | undefined {
  return armed && meet(armed, step);
}

/** As `failpoint`, where nothing can be waited for: a pause does nothing here. */
export function failpointNow(step: string): void {
  if (armed === undefined) return;
  const { fault } = meetNow(armed, step);
  if (fault) throw fault;
}

async function meet(rules: readonly Rule[], step: string): Promise<void> {
  const { fault, milliseconds } = meetNow(rules, step);
  if (milliseconds > 0) await pause(milliseconds);
  if (fault) throw fault;
}

function meetNow(rules: readonly Rule[], step: string): { fault: InjectedFault | undefined; milliseconds: number } {
  const current = rulesNow(rules);
  const scope = scopes.getStore() ?? 'server';
  const name = `${scope}/${step}`;
  const hit = (hits.get(name) ?? 0) + 1;
  hits.set(name, hit);
  let fault: InjectedFault | undefined;
  let milliseconds = 0;
  for (const rule of current) {
    if (rule.step !== '*' && rule.step !== step) continue;
    if (rule.scope !== undefined && rule.scope !== scope) continue;
    if (rule.hit !== undefined && rule.hit !== hit) continue;
    if (rule.share < 100 && Math.random() * 100 >= rule.share) continue;
    const { action } = rule;
    if (action.kind === 'kill') process.kill(process.pid, 'SIGKILL');
    else if (action.kind === 'trace') appendFileSync(action.file, `${name}#${hit}\n`);
    else if (action.kind === 'pause') milliseconds += action.milliseconds;
    else fault ??= new InjectedFault(name, action.code);
  }
  return { fault, milliseconds };
}
