/** A user's certificate, signed by an authority of these tests. */
import { generateKeyPairSync } from 'node:crypto';
import type { Authority } from './authority.ts';
import { bits, der, extension, integer, name, sequence, time } from './derWriter.ts';

const { publicKey } = generateKeyPairSync('ed25519');

/** `crlUrl`: its CRL distribution point; null: it has none. */
export function aLeaf(ca: Authority, serial: bigint, crlUrl: string | null): Buffer {
  const point =
    crlUrl === null
      ? []
      : [
          extension(
            '2.5.29.31',
            sequence(sequence(der(0xa0, der(0xa0, der(0x86, Buffer.from(crlUrl)))))),
          ),
        ];
  const tbs = sequence(
    der(0xa0, integer(2)),
    integer(serial),
    ca.algorithm,
    ca.name,
    sequence(time(Date.UTC(2025, 0, 1)), time(Date.UTC(2030, 0, 1))),
    name(`user ${serial}`),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension('2.5.29.19', sequence()), ...point)),
  );
  return sequence(tbs, ca.algorithm, bits(ca.sign(tbs)));
}
