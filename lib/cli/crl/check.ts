/** `vpn-medic crl check FILE|URL|CERTIFICATE`: whether a list would be published, and why, before it is uploaded or as clients fetch it. */
import { createHash } from 'node:crypto';
import { known } from '../../core/reading.ts';
import { type Instant, toIso } from '../../core/time.ts';
import { type Oddity, odditiesOf } from '../../crl/rules/oddities.ts';
import type { CrlReason, Refusal } from '../../crl/rules/refusal.ts';
import { CRL_POLICY, judgeCrl } from '../../crl/rules.ts';
import type { Issuer } from '../../crl/x509/issuer.ts';
import { nameText } from '../../crl/x509/name.ts';
import { type Crl, parseCrl } from '../../crl/x509/parse.ts';
import { colour, type Words } from '../output/colour.ts';
import { print } from '../output/print.ts';
import { type Block, blank, line, table } from '../output/textBlocks.ts';
import {
  CANNOT_TELL,
  type ExitCode,
  NEEDS_A_PERSON,
  type Terminal,
  Unable,
  WELL,
} from '../terminal.ts';
import { faultFor, fromFile, issuersOf, readListFile } from './file.ts';

export interface CrlCheckOptions {
  readonly issuer?: readonly string[];
  readonly published?: string;
  readonly base?: string;
  readonly as?: string;
  readonly address?: string;
  readonly allowWeak?: boolean;
  readonly maxMib?: string;
  readonly json?: boolean;
}

/** Version 1: fields may be added, never renamed or taken away. */
export interface CrlCheckReport {
  readonly version: 1;
  /** As which it would be published. */
  readonly fileName: string;
  readonly verdict: 'accepted' | 'published already' | 'refused' | 'cannot tell';
  /** Every rule that it breaks. */
  readonly reasons: readonly Refusal[];
  /** What was not checked, and how to have it checked. */
  readonly unasked: readonly string[];
  /** What clients may stumble over in it, though it is published. */
  readonly warnings: readonly Oddity[];
  readonly list: ListReport | null;
}

export interface ListReport {
  readonly octets: number;
  readonly sha256: string;
  readonly issuer: string;
  readonly signedBy: string | null;
  /** Text: a number may have 20 bytes. */
  readonly number: string | null;
  readonly baseNumber: string | null;
  readonly thisUpdate: string;
  readonly nextUpdate: string | null;
  readonly nextPublish: string | null;
  readonly entries: number;
  readonly distributionPoints: readonly string[];
  readonly fitsEndpoint: boolean;
  /** Why it does not; null: it does. */
  readonly endpointFault: string | null;
}

const MIB = 1_024 * 1_024;

/** @throws {Unable} when a file cannot be read, or an issuer is no certificate. */
export async function crlCheck(
  where: string,
  options: CrlCheckOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { name, bytes, address } = await readListFile(where);
  const octetsMax = readMib(options.maxMib) * MIB;
  const pinned = await Promise.all(
    (options.issuer ?? []).map((path) => issuersOf(path, options.allowWeak === true)),
  );
  const issuers = pinned.flat();
  const beside = {
    published: options.published === undefined ? null : (await fromFile(options.published)).bytes,
    base: options.base === undefined ? null : (await fromFile(options.base)).bytes,
    address: options.address ?? address,
  };
  const report = reportOf(
    options.as ?? name,
    bytes,
    issuers,
    beside,
    octetsMax,
    terminal.clock.now(),
  );
  print(terminal, options.json, report, writeCrlCheck(report));
  return EXITS[report.verdict];
}

const EXITS: Readonly<Record<CrlCheckReport['verdict'], ExitCode>> = {
  accepted: WELL,
  'published already': WELL,
  refused: NEEDS_A_PERSON,
  'cannot tell': CANNOT_TELL,
};

function readMib(text: string | undefined): number {
  const mib = Number(text ?? '10');
  if (Number.isInteger(mib) && mib >= 1 && mib <= 32) return mib;
  throw new Unable(`--max-mib ${text}: write a whole number from 1 to 32`);
}

interface Beside {
  readonly published: Buffer | null;
  readonly base: Buffer | null;
  readonly address: string | null;
}

/** Rules that fail only because an argument is missing. */
const UNASKED: ReadonlyMap<CrlReason, string> = new Map([
  ['IssuerUnknown', 'whose signature it carries: add --issuer FILE, the pinned certificate'],
  ['DeltaBaseMissing', 'whether it fits its base: add --base FILE, the complete list as published'],
]);

function reportOf(
  fileName: string,
  bytes: Buffer,
  issuers: readonly Issuer[],
  beside: Beside,
  octetsMax: number,
  now: Instant,
): CrlCheckReport {
  const policy = { ...CRL_POLICY, limits: { ...CRL_POLICY.limits, octetsMax } };
  const judged = judgeCrl(
    { fileName, bytes },
    {
      published: known(beside.published === null ? null : derOf(beside.published, octetsMax), now),
      base: known(beside.base === null ? null : derOf(beside.base, octetsMax), now),
      highWater: known(null, now),
      issuers,
      publishedAs: () => known(null, now),
      policy,
    },
    now,
  );
  const isUnasked = ({ code }: Refusal) =>
    (code === 'IssuerUnknown' && issuers.length === 0) ||
    (code === 'DeltaBaseMissing' && beside.base === null);
  const reasons = judged.reasons.filter((one) => !isUnasked(one));
  const missing = judged.reasons.filter(isUnasked);
  const unasked = [
    ...missing.flatMap(({ code }) => UNASKED.get(code) ?? []),
    ...(beside.published === null
      ? ['whether it is newer than the published list and keeps its entries: add --published FILE']
      : []),
    'whether a later list was ever published under this name: only the state table has that',
  ];
  const parsed = parseCrl(bytes, policy.limits);
  const list = parsed.ok
    ? listReport(
        parsed.crl,
        judged.verdict === 'publish' ? judged.issuer.fileName : null,
        beside.address,
      )
    : null;
  const verdict = verdictOf(judged.verdict, reasons.length, missing.length);
  const warnings = parsed.ok ? odditiesOf(parsed.crl, beside.address) : [];
  return { version: 1, fileName, verdict, reasons, unasked, warnings, list };
}

function verdictOf(
  verdict: 'publish' | 'same' | 'refuse',
  reasonCount: number,
  missingCount: number,
): CrlCheckReport['verdict'] {
  if (verdict === 'same') return 'published already';
  if (verdict === 'publish') return 'accepted';
  return reasonCount === 0 && missingCount > 0 ? 'cannot tell' : 'refused';
}

/** Published lists are DER; a PEM file of one stands for it. */
function derOf(bytes: Buffer, octetsMax: number): Buffer {
  const parsed = parseCrl(bytes, { ...CRL_POLICY.limits, octetsMax });
  return parsed.ok ? parsed.crl.der : bytes;
}

const isoOrNull = (at: Instant | null): string | null => (at === null ? null : toIso(at));

function listReport(crl: Crl, signedBy: string | null, address: string | null): ListReport {
  const { number, baseNumber, nextPublishAt, distributionPoint } = crl.extensions;
  const fault = faultFor(crl, address);
  return {
    octets: crl.der.length,
    sha256: createHash('sha256').update(crl.der).digest('hex'),
    issuer: nameText(crl.issuer),
    signedBy,
    number: number?.toString() ?? null,
    baseNumber: baseNumber?.toString() ?? null,
    thisUpdate: toIso(crl.thisUpdateAt),
    nextUpdate: isoOrNull(crl.nextUpdateAt),
    nextPublish: isoOrNull(nextPublishAt),
    entries: crl.survey.count,
    distributionPoints: distributionPoint?.uris ?? [],
    fitsEndpoint: fault === null,
    endpointFault: fault,
  };
}

export function writeCrlCheck(report: CrlCheckReport): readonly Block[] {
  const { list, reasons, unasked, warnings } = report;
  return [
    line(headline(report)),
    ...(list === null ? [] : [blank, table(['LIST', ''], rowsOf(list))]),
    ...(reasons.length === 0
      ? []
      : [
          blank,
          table(
            ['RULE', 'WHY', 'DO'],
            reasons.map(({ code, why, fix }) => [colour('bad', code), why, fix]),
          ),
        ]),
    ...(warnings.length === 0
      ? []
      : [
          blank,
          table(
            ['WARNING', 'WHY'],
            warnings.map(({ code, why }) => [colour('warn', code), why]),
          ),
        ]),
    blank,
    line('Not checked here:'),
    ...unasked.map((one) => line(`- ${one}`, 2)),
  ];
}

function headline({ verdict, fileName }: CrlCheckReport): Words {
  switch (verdict) {
    case 'accepted':
      return [colour('good', 'Accepted: '), `${fileName} would be published.`];
    case 'published already':
      return [colour('good', 'The same: '), `${fileName} is published already.`];
    case 'refused':
      return [
        colour('bad', 'Refused: '),
        `${fileName} would not be published; the published list stays.`,
      ];
    case 'cannot tell':
      return [colour('warn', 'Cannot tell: '), `${fileName} breaks no rule that could be checked.`];
    default:
      return verdict satisfies never;
  }
}

const rowsOf = (list: ListReport): readonly (readonly Words[])[] => [
  ['issuer', list.issuer],
  ['signed by', list.signedBy ?? 'not verified'],
  [
    'number',
    `${list.number ?? 'none'}${list.baseNumber === null ? '' : `, a delta on ${list.baseNumber}`}`,
  ],
  ['this update', list.thisUpdate],
  ...(list.nextPublish === null ? [] : [['next one announced', list.nextPublish]]),
  ['valid until', list.nextUpdate ?? 'not stated'],
  ['entries', String(list.entries)],
  ...(list.distributionPoints.length === 0
    ? []
    : [['distribution point', list.distributionPoints.join(' ')]]),
  ['bytes', String(list.octets)],
  ['SHA-256', list.sha256],
  [
    'Client VPN',
    list.endpointFault === null
      ? 'fits an endpoint'
      : `does not fit an endpoint: ${list.endpointFault}`,
  ],
];
