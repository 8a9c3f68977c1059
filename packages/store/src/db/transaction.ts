import type { Sql, TransactionSql } from 'postgres';
import { failpointNow } from '../failpoints.ts';
import { isConnectionLoss, LostCommit } from './errors.ts';
import { type PreparedTexts, preparing } from './prepared-texts.ts';

type Work = (client: TransactionSql) => unknown;

/** What postgres.js's `begin` and `savepoint` take; the text is a mode of transaction or a name. */
export type BeginArguments = [Work] | [string, Work];

/**
 * `begin` of postgres.js, for work that may lose its connection.
 *
 * postgres.js 3.4.9 says what a transaction still has to say, its next statement or its ROLLBACK, into a connection
 * that is gone, which ends the process by an uncaught TypeError. Here a transaction whose connection is lost gets an
 * error for every statement, outstanding or new, and its outcome is kept from postgres.js, which has failed `begin` by
 * then and would roll back. Errors: those of postgres.js, and LostCommit.
 */
export async function begin(sql: Sql, texts: PreparedTexts, args: BeginArguments): Promise<unknown> {
  const [mode, work] = named(args);
  const life: Life = { over: undefined, unanswered: new Set() };
  let committing = false;
  try {
    return await sql.begin(mode, async (client) => {
      const value = await unlessOver(life, async () => work(guarded(client, texts, life)));
      committing = true;
      return value;
    });
  } catch (error) {
    end(life, error);
    throw committing && isConnectionLoss(error) ? new LostCommit(error) : error;
  } finally {
    end(life, new Error('A statement came after the end of its transaction.'));
  }
}

function named(args: BeginArguments): [string, Work] {
  return args.length === 1 ? ['', args[0]] : args;
}

/** Whether a transaction may still be spoken in, and what was said and not answered yet. */
interface Life {
  /** Why no further statement may be sent. */
  over: unknown;
  readonly unanswered: Set<Answerable>;
}

/** What can be failed from outside, as queries of postgres.js can, also those that wait for their turn. */
interface Answerable extends Promise<unknown> {
  reject?(error: unknown): void;
}

function end(life: Life, why: unknown): void {
  if (life.over !== undefined) return;
  life.over = why;
  for (const query of life.unanswered) query.reject?.(why);
}

/** What the work comes to; never comes to anything once the transaction is over. */
function unlessOver<T>(life: Life, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work().then(
      (value) => {
        if (life.over === undefined) resolve(value);
      },
      (error) => {
        if (life.over === undefined) reject(error);
      },
    );
  });
}

function guarded(client: TransactionSql, texts: PreparedTexts, life: Life): TransactionSql {
  const said = <R>(say: () => R): R => {
    if (life.over !== undefined) throw life.over;
    failpointNow('db.statement');
    return watched(say(), life);
  };
  return new Proxy(client, {
    apply: (target, self, args) => said(() => Reflect.apply(target, self, args)),
    get(target, key) {
      if (key === 'unsafe')
        return (...args: Parameters<Sql['unsafe']>) => said(() => preparing(target, texts)(...args));
      if (key !== 'savepoint') return Reflect.get(target, key);
      return (...args: BeginArguments) => {
        const [name, work] = named(args);
        const inner = (to: TransactionSql) => unlessOver(life, async () => work(guarded(to, texts, life)));
        return said(() => answerable(target.savepoint(name, inner)));
      };
    },
  });
}

function answerable<T>(promise: Promise<T>): Promise<T> {
  let reject: (error: unknown) => void = () => {};
  const outcome = new Promise<T>((resolve, fail) => {
    reject = fail;
    promise.then(resolve, fail);
  });
  return Object.assign(outcome, { reject });
}

/** Ends the transaction's life as soon as a statement meets the loss, before anyone else hears of it. */
function watched<R>(query: R, life: Life): R {
  if (!(query instanceof Promise)) return query;
  life.unanswered.add(query);
  const answered = () => void life.unanswered.delete(query);
  // Not `query.then`, which would send it off before `.values()` or `.writable()` are called on it.
  Promise.prototype.then.call(query, answered, (error) => {
    answered();
    if (isConnectionLoss(error)) end(life, error);
  });
  return query;
}
