import { instant, int, text, uuid } from '../wire/scalar.ts';
import { elem, type Infer, nullable, record } from '../wire/shape.ts';

/** A machine of the system. Jobs show the same machine as `JobNode`. */
export const Node = record('Node', {
  /** `null` when plain HTTP is off. */
  dataPathHttpPort: nullable(elem(int)),
  /** `null` when TLS is off. */
  dataPathHttpsPort: nullable(elem(int)),
  dataPathIpAddress: elem(text),
  dnsName: nullable(elem(text)),
  id: elem(uuid),
  lastHeartbeat: elem(instant),
  name: elem(text),
  serialNumber: elem(text),
});
export type Node = Infer<typeof Node>;
