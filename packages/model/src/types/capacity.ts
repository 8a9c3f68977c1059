import { byteCount } from '../wire/scalar.ts';
import { elem, type Infer, record } from '../wire/shape.ts';

/** Space on media of one kind, in bytes. */
export const StorageDomainCapacitySummary = record('StorageDomainCapacitySummary', {
  physicalAllocated: elem(byteCount),
  physicalFree: elem(byteCount),
  physicalUsed: elem(byteCount),
});
export type StorageDomainCapacitySummary = Infer<typeof StorageDomainCapacitySummary>;

/** Space on pools and on tapes. */
export const CapacitySummary = record('CapacitySummary', {
  pool: elem(StorageDomainCapacitySummary),
  tape: elem(StorageDomainCapacitySummary),
});
export type CapacitySummary = Infer<typeof CapacitySummary>;
