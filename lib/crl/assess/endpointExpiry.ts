/** Whether the CRL of an endpoint is about to expire, and what helps. Pure. */
import type { Finding } from '../../core/finding.ts';
import { CRL_FINDINGS } from '../../core/findings/crl.ts';
import { describeMs, type Instant, toIso } from '../../core/time.ts';
import type { CrlSettings } from '../types/policy.ts';
import type { EndpointObservation } from '../types/world.ts';
import { type Crl, parseCrl } from '../x509/parse.ts';
import { aFinding, endpointSubject } from './finding.ts';
import { checksWithin } from './freshness.ts';

export function expiryFindings(
  endpoint: EndpointObservation,
  wanted: Wanted,
  settings: CrlSettings,
  now: Instant,
): readonly Finding[] {
  const { list, name } = endpoint;
  const pem = list.known ? list.value.pem : null;
  const imported = pem === null ? null : parsePem(pem, settings);
  if (imported?.nextUpdateAt == null) return [];
  const endsAt = imported.nextUpdateAt;
  const evidence = [listText(imported)];
  if (endsAt <= now) {
    return [
      aFinding('CrlEndpointExpired', 'critical', subjectOf(endpoint), now, {
        summary: `The list of ${name} expired ${describeMs(now - endsAt)} ago: no client can connect to it.`,
        evidence,
        since: endsAt,
        hint: renewalHint(endpoint, wanted, endsAt, CRL_FINDINGS.CrlEndpointExpired.hint),
      }),
    ];
  }
  // A renewal is imported in the last tenth; half of that later, something keeps it from coming.
  const lifeMs = endsAt - imported.thisUpdateAt;
  if (endsAt - now >= Math.max(lifeMs / 20, checksWithin(1, lifeMs / 4))) return [];
  return [
    aFinding('CrlEndpointExpiring', 'critical', subjectOf(endpoint), now, {
      summary: `The list of ${name} expires in ${describeMs(endsAt - now)}; then no client can connect to it.`,
      evidence,
      hint: renewalHint(endpoint, wanted, endsAt, CRL_FINDINGS.CrlEndpointExpiring.hint),
    }),
  ];
}

/** What an endpoint is to be given. */
export type Wanted =
  | { readonly kind: 'list'; readonly crl: Crl; readonly isAfterPublish: boolean }
  /** The tag names a CRL that cannot be imported. */
  | { readonly kind: 'unfit'; readonly why: string }
  /** Nothing is known now; other findings say why. */
  | { readonly kind: 'none' };

/** A fresh upload helps only where the endpoint would be given it. */
function renewalHint(
  { endpointId }: EndpointObservation,
  wanted: Wanted,
  endsAt: Instant,
  usual: string,
): string {
  if (wanted.kind === 'unfit')
    return `The published list does not fit it: see CrlEndpointUnfit. By hand: vpn-medic crl import FILE ${endpointId} --issuer CERT --address URL, with the address that users' certificates name.`;
  const isNewer = wanted.kind === 'list' && (wanted.crl.nextUpdateAt ?? 0) > endsAt;
  return isNewer
    ? 'A list that is valid for longer is published: see what keeps it from being imported (a pause, mode observe, or an import that fails).'
    : usual;
}

export const subjectOf = ({ endpointId, name }: EndpointObservation) =>
  endpointSubject(endpointId, name);

export function parsePem(pem: string, { octetsMax }: CrlSettings): Crl | null {
  const parsed = parseCrl(Buffer.from(pem), { octetsMax, entryCountMax: 1_000_000 });
  return parsed.ok ? parsed.crl : null;
}

export const listText = ({ extensions, survey, nextUpdateAt }: Crl): string =>
  `number ${extensions.number ?? 'none'}, ${survey.count} entries, until ${nextUpdateAt === null ? 'nothing said' : toIso(nextUpdateAt)}`;
