/** Reads a capture line by line: every fault names its line and the fix. */

import * as v from 'valibot';
import { parseJson } from '../core/json.ts';
import { type Instant, parseInstant } from '../core/time.ts';
import type { Answer, Capture, Fields, Result } from './types.ts';

/** A file that is no capture of this schema. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}

export interface CaptureReader {
  /** @throws {CaptureError} when the line is no line of a capture. */
  line(text: string): void;
  /** @throws {CaptureError} when the file held no capture. */
  end(): ParsedCapture;
}

export interface ParsedCapture {
  /** One a region, in the order of their headers. */
  readonly captures: readonly [Capture, ...Capture[]];
  /** What was put right while reading, one sentence each. */
  readonly notes: readonly string[];
}

/** Holds one parsed object a line, and nothing else. A further header begins, or goes on with, another region of the account. */
export function openCapture(file: string): CaptureReader {
  const sections = new Map<string, Section>();
  let section: Section | null = null;
  let lineCount = 0;
  const fault = (what: string) => new CaptureError(`${file} line ${lineCount}: ${what}`);

  function begin(header: Header): Section {
    const begun = sections.get(header.region) ?? openSection(header);
    sections.set(header.region, begun);
    return begun;
  }

  return {
    line(text) {
      lineCount += 1;
      const json = text.trim().replace(/^\uFEFF/, '');
      if (json === '') return;
      const value = parseJson(json);
      if (section === null) {
        section = begin(readHeader(file, value));
        return;
      }
      if (value === undefined) {
        throw fault(
          'is no JSON: the file is cut off or damaged; remove the line or write it again',
        );
      }
      if (!isHeader(value)) {
        take(section, readLine(value, fault));
        return;
      }
      const other = readHeader(`${file} line ${lineCount}`, value);
      const { account } = section.header;
      if (other.account !== account) {
        throw fault(
          `begins a capture of the account ${other.account} in a file of ${account}: write one file for each account`,
        );
      }
      section = begin(other);
    },
    end() {
      if (section === null) throw new CaptureError(noCapture(file, 'it is empty'));
      const [first, ...others] = [...sections.values()].filter(({ answers }) => answers.length > 0);
      if (first === undefined) {
        throw new CaptureError(
          `${file} holds no answer with a time: write "at" as for example "2026-11-20T21:00:00Z"`,
        );
      }
      const notes = [first, ...others].some(({ isInOrder }) => !isInOrder)
        ? [`${file}: the lines are not in the order of "at"; they are played in that order`]
        : [];
      return { captures: [captureOf(first), ...others.map(captureOf)], notes };
    },
  };
}

/** What the file holds of one region. */
interface Section {
  readonly header: Header;
  readonly answers: Answer[];
  /** Lines without a time before the first that has one. */
  readonly undated: Omit<Answer, 'at'>[];
  latestAt: Instant | null;
  isInOrder: boolean;
}

const openSection = (header: Header): Section => ({
  header,
  answers: [],
  undated: [],
  latestAt: null,
  isInOrder: true,
});

function take(section: Section, { at: written, ...rest }: Line): void {
  const { answers, undated, latestAt } = section;
  const at = written ?? latestAt;
  if (at === null) {
    undated.push(rest);
    return;
  }
  if (latestAt === null) answers.push(...undated.map((one) => ({ ...one, at })));
  else if (at < latestAt) section.isInOrder = false;
  section.latestAt = at;
  answers.push({ ...rest, at });
}

const captureOf = ({ header, answers, isInOrder }: Section): Capture => ({
  ...header,
  answers: isInOrder ? answers : answers.toSorted((a, b) => a.at - b.at),
});

type Header = Omit<Capture, 'answers'>;

const Header = v.object({
  vpnMedicCapture: v.unknown(),
  account: v.optional(v.union([v.string(), v.number()]), '000000000000'),
  region: v.optional(v.unknown()),
  medicVersion: v.optional(v.nullable(v.string()), null),
});

const isHeader = (value: unknown): boolean => v.is(Header, value);

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d+$/;

function readHeader(where: string, value: unknown): Header {
  const parsed = v.safeParse(Header, value);
  if (!parsed.success) throw new CaptureError(noCapture(where, 'its first line is another one'));
  const { vpnMedicCapture: version, region, medicVersion } = parsed.output;
  const account = String(parsed.output.account).padStart(12, '0');
  if (version !== 1) {
    throw new CaptureError(
      `${where} is a capture of schema ${shown(version)}, and this version of vpn-medic reads schema 1: use the version that wrote it`,
    );
  }
  if (!ACCOUNT.test(account)) {
    throw new CaptureError(`${where}: "account" is no account id: write its 12 digits as text`);
  }
  if (typeof region !== 'string' || !REGION.test(region)) {
    throw new CaptureError(`${where}: "region" is no region: write for example "eu-west-1"`);
  }
  return { account, region, medicVersion };
}

const noCapture = (where: string, why: string): string =>
  `${where} is no capture, ${why}: it begins with {"vpnMedicCapture": 1, "account": "…", "region": "…"} (docs/capture.md)`;

type Line = Omit<Answer, 'at'> & { readonly at: Instant | null };

const Fields = v.record(v.string(), v.unknown());
const Line = v.object({
  at: v.optional(v.unknown()),
  service: v.string(),
  operation: v.string(),
  input: v.optional(v.nullable(Fields), {}),
  output: v.optional(v.nullable(Fields)),
  error: v.optional(
    v.nullable(v.object({ name: v.string(), message: v.optional(v.string(), '') })),
  ),
});

function readLine(value: unknown, fault: (what: string) => CaptureError): Line {
  const parsed = v.safeParse(Line, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const where = v.getDotPath(issue) ?? 'the line';
    throw fault(`${where} is ${shown(issue.received)}: write ${shown(issue.expected)}`);
  }
  const { service, operation, input, output, error } = parsed.output;
  const at = instantOf(parsed.output.at);
  if (at === undefined) {
    throw fault(`"at" is no time: write for example "2026-11-20T21:00:00Z"`);
  }
  if (service.toLowerCase() === 's3') checkObject(input ?? {}, output ?? null, fault);
  return {
    at,
    service: SERVICES.get(service.toLowerCase()) ?? service.toLowerCase(),
    operation: sdkName(service, operation),
    input: input ?? {},
    result: resultOf(output, error, fault),
  };
}

/** Other names of a service, as the SDK's packages, the AWS CLI and IAM call it. */
const SERVICES: ReadonlyMap<string, string> = new Map([
  ['resource-groups-tagging-api', 'resourcegroupstaggingapi'],
  ['tag', 'resourcegroupstaggingapi'],
  ['directconnect', 'direct-connect'],
  ['ds', 'directory-service'],
  ['elbv2', 'elastic-load-balancing-v2'],
  ['elasticloadbalancing', 'elastic-load-balancing-v2'],
  ['route53', 'route-53'],
  ['logs', 'cloudwatch-logs'],
  ['autoscaling', 'auto-scaling'],
]);

const Place = v.object({
  Bucket: v.picklist(['inbox', 'issuers', 'public']),
  Key: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)),
});
const Body = v.object({ BodyBase64: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/\s]*=*\s*$/)) });

function checkObject(
  input: Fields,
  output: Fields | null,
  fault: (what: string) => CaptureError,
): void {
  if (!v.is(Place, input)) {
    throw fault('an S3 object has the input {"Bucket": "inbox", "issuers" or "public", "Key": …}');
  }
  if (output !== null && !v.is(Body, output)) {
    throw fault('an S3 object has the output {"BodyBase64": "…"}, its bytes in Base64');
  }
}

function resultOf(
  output: Fields | null | undefined,
  error: { readonly name: string; readonly message: string } | null | undefined,
  fault: (what: string) => CaptureError,
): Result {
  if (output != null && error != null) throw fault('has an output and an error: write one of them');
  if (output != null) return { kind: 'output', output };
  if (error != null) return { kind: 'error', ...error };
  throw fault('has neither "output" nor "error": write what AWS answered');
}

/** Null: it has none. Undefined: it is no time. */
function instantOf(written: unknown): Instant | null | undefined {
  if (written === undefined || written === null) return null;
  if (typeof written !== 'string') return undefined;
  return parseInstant(written) ?? undefined;
}

/** `describe-vpn-connections`, as the AWS CLI writes it, is `DescribeVpnConnections`. */
const sdkName = (service: string, operation: string): string =>
  service.toLowerCase() === 'probe' || !/^[a-z]+(-[a-z0-9]+)+$/.test(operation)
    ? operation
    : operation.replaceAll(/(?:^|-)([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

const shown = (value: unknown): string => String(value).slice(0, 60);
