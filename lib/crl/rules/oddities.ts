/** What clients may stumble over in a CRL that is published all the same. Pure. */
import type { Crl } from '../x509/parse.ts';

export interface Oddity {
  readonly code: 'EntryOdd' | 'ScopeNarrow';
  /** One sentence with the numbers of this CRL. */
  readonly why: string;
}

/** `publicUrl`: where clients fetch it; null: not known. */
export function odditiesOf(crl: Crl, publicUrl: string | null): readonly Oddity[] {
  const { oddCount, odd } = crl.survey;
  const more = oddCount > odd.length ? `, and ${oddCount - odd.length} more` : '';
  const narrow = [elsewhere(crl, publicUrl), partial(crl)].filter((each) => each !== null);
  return [
    ...(oddCount === 0
      ? []
      : [
          {
            code: 'EntryOdd' as const,
            why: `${oddCount} of ${crl.survey.count} entries: ${odd.join('; ')}${more}`,
          },
        ]),
    ...narrow.map((why) => ({ code: 'ScopeNarrow' as const, why })),
  ];
}

/** Null: clients whose certificates name the public address use it, and so do those whose certificates name none. */
export function elsewhere(crl: Crl, publicUrl: string | null): string | null {
  const point = crl.extensions.distributionPoint;
  if (point?.hasName !== true) return null;
  if (publicUrl !== null && point.uris.some((uri) => isSameUrl(uri, publicUrl))) return null;
  const named = point.uris.length === 0 ? 'a name that is no address' : point.uris.join(' and ');
  const at = publicUrl === null ? '' : `, and it is published at ${publicUrl}`;
  return `its distribution point says ${named.slice(0, 200)}${at}: OpenSSL-based clients whose certificates do not name exactly that refuse every client ("different CRL scope")`;
}

function isSameUrl(one: string, other: string): boolean {
  try {
    return one === other || decodeURI(one) === decodeURI(other);
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

function partial({ extensions }: Crl): string | null {
  const point = extensions.distributionPoint;
  if (point?.isSomeReasonsOnly === true)
    return 'its distribution point says that it is for some reasons only: OpenSSL-based clients do not use it unless they are set to';
  if (point?.isAttributesOnly === true)
    return 'its distribution point says that it is for attribute certificates only: it revokes no user';
  return null;
}
