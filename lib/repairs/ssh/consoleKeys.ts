/** Host keys that cloud-init printed on the console while the machine booted. Pure. */
import { createHash } from 'node:crypto';
import { plainText } from '../../core/safeLine.ts';

const BEGIN = '-----BEGIN SSH HOST KEY KEYS-----';
const END = '-----END SSH HOST KEY KEYS-----';

/**
 * SHA256 fingerprints of the newest whole block; empty without one. Only the block counts: anything else on a console
 * may have been written by any user who logged in.
 */
export function consoleHostKeys(console: string): readonly string[] {
  const text = plainText(console);
  const end = text.lastIndexOf(END);
  const begin = end < 0 ? -1 : text.lastIndexOf(BEGIN, end);
  if (begin < 0) return [];
  return text
    .slice(begin + BEGIN.length, end)
    .split(/\r?\n/)
    .flatMap((line) => {
      const match =
        /^\s*(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp\d+) ([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(line);
      const key = match?.[1];
      if (key === undefined) return [];
      const digest = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64');
      return [`SHA256:${digest.replace(/=+$/, '')}`];
    });
}
