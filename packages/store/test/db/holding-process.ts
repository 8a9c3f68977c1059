import { startEmbedded } from '../../src/db/embedded.ts';
import { connect } from '../../src/db/postgres.ts';

// Holds the embedded database of a folder, with one committed row in it, until it is ended.
const server = await startEmbedded(process.argv[2] ?? '');
const { sql } = connect(server.connection);
await sql`CREATE TABLE IF NOT EXISTS held (text text)`;
await sql`INSERT INTO held VALUES (${process.argv[3] ?? ''})`;

process.stdout.write(`holding\n`);
