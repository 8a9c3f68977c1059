import { type Delivery, settleDelivery, takeDeliveries, tellBucketChanges } from '@nacre/store';
import type { ServerContext } from '../context.ts';
import { deliver } from '../notifications/deliver.ts';
import { payloadOf } from '../notifications/payload.ts';
import { forEachAtOnce } from './chunk-work.ts';
import type { Worker } from './runner.ts';

const atOnce = 16;
/** Longer than one try takes: a delivery that was taken by a process that died is tried by another then. */
const takenSeconds = 60;
/** Seconds before the second try, the third, and the fourth and last. */
const pauses = [1, 5, 25];

/** Delivers notifications that are due. One that fails is tried again a few times; no job ever waits for it. */
export const notify: Worker = {
  name: 'notify',
  everySeconds: 1,
  async work(ctx) {
    const now = ctx.clock.now();
    const until = new Date(now.getTime() + takenSeconds * 1000);
    // Nothing waits for it to be told, so it is looked for here and not where it happens.
    const more = await ctx.store.tx((tx) => tellBucketChanges(tx, now));
    const taken = await ctx.store.tx((tx) => takeDeliveries(tx, now, until, atOnce), { idempotent: true });
    await forEachAtOnce(taken, atOnce, (delivery) => deliverOne(ctx, delivery));
    return more || taken.length === atOnce ? 'more' : 'done';
  },
};

async function deliverOne(ctx: ServerContext, delivery: Delivery): Promise<void> {
  const { registration, event, happenedAt, attempts } = delivery;
  const payload = payloadOf(event, happenedAt, registration);
  const { httpStatus, failure } = await deliver(registration.endPoint, registration.httpMethod, payload, ctx.addresses);
  const at = ctx.clock.now();
  const pause = failure === undefined ? undefined : pauses[attempts];
  const again = pause === undefined ? undefined : new Date(at.getTime() + pause * 1000);
  await ctx.store.tx((tx) => settleDelivery(tx, delivery, { at, httpStatus, failure, again }), { idempotent: true });
  if (failure !== undefined)
    ctx.log.info({ registration: registration.id, event: event.kind, failure, tries: attempts + 1 });
}
