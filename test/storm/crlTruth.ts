/** What of the CRLs is broken, read from the simulated buckets and endpoints and not from what the product saw. */
import { createHash } from 'node:crypto';
import { fileSubject } from '../../lib/crl/assess/finding.ts';
import { type Crl, parseCrl } from '../../lib/crl/x509/parse.ts';
import { troubleOf } from '../../lib/incidents/inhibition.ts';
import type { Notification } from '../../lib/incidents/types.ts';
import { type CrlFixture } from '../builders/crls.ts';

export const digest = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

export interface Blind {
  /** The inbox and the issuers cannot be read. */
  readonly source: boolean;
  readonly published: boolean;
  readonly replica: boolean;
}

interface Scene {
  readonly fixture: CrlFixture;
  readonly fileName: string;
  readonly endpointId: string;
  readonly blind: Blind;
  /** Nothing is written. */
  readonly isObserving: boolean;
  /** Whether an upload is right by every rule, by its digest. */
  readonly isHonest: (sha256: string) => boolean;
}

/** By trouble, as incidents of one thing are joined: the words for what is broken about it now. */
export function brokenNow(scene: Scene): ReadonlyMap<string, string> {
  const { fixture, fileName, endpointId, blind, isObserving, isHonest } = scene;
  const { stateStore, source, replica, site, replicaSite, endpoints, clock } = fixture;
  const now = clock.now();
  const here = stateStore.bytes(fileName);
  const list = here === null ? null : listOf(here);
  const wasPublished = stateStore.history(fileName).some((bytes) => listOf(bytes) !== null);
  const inbox = source.bytes(`inbox/${fileName}`);
  const there = replica.bytes(fileName);
  const isIn = inbox !== null && here !== null && digest(inbox) === digest(here);
  const isCopied = here !== null && there !== null && digest(there) === digest(here);
  const isServed = here !== null && !site.stale.has(fileName) && !site.isUnreachable;
  const isServedThere = isCopied && !replicaSite.stale.has(fileName) && !replicaSite.isUnreachable;
  const pem = endpoints.pemOf(endpointId);
  const imported = pem === null ? null : listOf(Buffer.from(pem));
  const issuer = source.bytes('issuers/ca.pem');
  const isPinned = issuer !== null && issuer.length > 32;
  const broken: readonly (readonly [reason: string, id: string, what: string | null])[] = [
    ['CrlExpiring', fileName, list === null ? 'no list is published' : agedWords(list, 4, now)],
    ['CrlCopyLost', fileName, list === null && wasPublished ? 'no list is published' : null],
    ['CrlCopyUnreadable', fileName, blind.published ? 'the bucket cannot be read' : null],
    [
      'CrlServedDiffers',
      fileName,
      isServed || !wasPublished ? null : 'clients do not get what is published',
    ],
    [
      'CrlReplicaDiffers',
      fileName,
      (isServedThere && !blind.replica) || !wasPublished
        ? null
        : 'the second region is not as published',
    ],
    [
      'CrlNumberNotAhead',
      fileName,
      isIn || inbox === null || isObserving ? null : 'the newest upload is not published',
    ],
    ['CrlCandidateUnreadable', fileName, blind.source ? 'the inbox cannot be read' : null],
    [
      'CrlWriteFailed',
      fileName,
      isPinned && inbox !== null && !isIn && isHonest(digest(inbox))
        ? 'a right list is not written'
        : null,
    ],
    [
      'CrlEndpointBehind',
      endpointId,
      list === null || (imported !== null && setOf(imported) === setOf(list))
        ? null
        : 'the endpoint goes by another set',
    ],
    ['CrlEndpointExpired', endpointId, imported === null ? null : agedWords(imported, 20, now)],
    ['CrlSightLost', 'crl:inbox', blind.source ? 'the inbox cannot be read' : null],
    ['CrlSightLost', 'crl:issuers', blind.source ? 'the issuers cannot be read' : null],
    ['CrlSightLost', 'crl:endpoints', endpoints.isUnreachable ? 'no endpoint can be read' : null],
    [
      'CrlIssuerUnreadable',
      'crl:issuers',
      issuer !== null && !isPinned ? 'the issuer is junk' : null,
    ],
  ];
  return new Map(
    broken.flatMap(([reason, id, what]) => (what === null ? [] : [[keyOf(reason, id), what]])),
  );
}

/** The trouble of an incident by its id: `ACCOUNT/REGION/ca.crl/CrlExpiring`. */
export function troubleIn({ incidentId }: Pick<Notification, 'incidentId'>): string {
  const [, , id = '', reason = ''] = incidentId.split('/');
  return keyOf(reason, id);
}

function keyOf(reason: string, id: string): string {
  const isEndpoint = id.startsWith('cvpn-');
  const subject = { ...fileSubject(id), ...(isEndpoint ? { kind: 'endpoint' as const } : {}) };
  return troubleOf({ reason, subject });
}

const listOf = (bytes: Uint8Array): Crl | null => {
  const parsed = parseCrl(bytes);
  return parsed.ok ? parsed.crl : null;
};

function agedWords({ thisUpdateAt, nextUpdateAt }: Crl, share: number, now: number): string | null {
  if (nextUpdateAt === null) return null;
  if (nextUpdateAt <= now) return 'it has expired';
  return nextUpdateAt - now < (nextUpdateAt - thisUpdateAt) / share
    ? 'it is about to expire'
    : null;
}

/** All lists of a storm revoke the serials from 1 up. */
const setOf = ({ survey }: Crl): number => survey.count;
