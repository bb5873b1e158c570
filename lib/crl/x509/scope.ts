/** Which certificates a CRL is for, as far as it says: CRLs of one scope replace each other under one name. Pure. */
import { createHash } from 'node:crypto';
import { canonical } from './name.ts';
import type { Crl } from './parse.ts';

/** The same text for CRLs of the same issuer, key, distribution point and kind (complete or delta). */
export function scopeOf({ issuer, extensions }: Crl): string {
  const { authorityKey, distributionPoint, baseNumber } = extensions;
  const parts = [
    canonical(issuer),
    authorityKey?.keyId ?? '',
    distributionPoint?.der ?? '',
    baseNumber === null ? 'complete' : 'delta',
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
