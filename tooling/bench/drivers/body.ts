import { createCipheriv } from 'node:crypto';

const mebibyte = 1024 * 1024;

/** A mebibyte of bytes that cannot be compressed, the same ones always. Every body is made of it, again and again. */
export function bodyPattern(): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(mebibyte));
}
