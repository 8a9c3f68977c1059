import { oneOf, type ScalarValue } from '../wire/scalar.ts';

/** Whether a thing is kept out of use. Callers ask for PENDING or NO; the system sets YES once the thing is idle. */
export const Quiesced = oneOf('Quiesced', ['NO', 'PENDING', 'YES']);
export type Quiesced = ScalarValue<typeof Quiesced>;
