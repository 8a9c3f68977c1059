/** After so much of a long document was read or written, other requests get their turn. Bytes or characters. */
export const turnLength = 256 * 1024;
