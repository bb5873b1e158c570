/** `vpn-medic crl import FILE|URL ENDPOINT`: an operator imports a list into one endpoint; `--first` where it never had one. */
import { openPauseGate } from '../../core/pause.ts';
import { describeMs, toIso } from '../../core/time.ts';
import type { CrlEndpointPort, EndpointRef, ExportedCrl } from '../../crl/ports.ts';
import { compareCrls } from '../../crl/x509/compare.ts';
import type { Issuer } from '../../crl/x509/issuer.ts';
import { isSameName, nameText } from '../../crl/x509/name.ts';
import { type Crl, parseCrl } from '../../crl/x509/parse.ts';
import { pemOf } from '../../crl/x509/pem.ts';
import { verifyCrl } from '../../crl/x509/verify.ts';
import type { AwsClients } from '../awsClients.ts';
import { nameOf } from '../named.ts';
import { homeRegion } from '../observer.ts';
import { isAgreed } from '../operatorRequest.ts';
import { colour } from '../output/colour.ts';
import { print } from '../output/print.ts';
import { type Block, blank, line, render } from '../output/textBlocks.ts';
import { chooseRegion } from '../region.ts';
import { findStack } from '../stack.ts';
import {
  CANNOT_TELL,
  type ExitCode,
  NEEDS_A_PERSON,
  type Terminal,
  Unable,
  WELL,
} from '../terminal.ts';
import { endpointNamed } from './endpoint.ts';
import { faultFor, issuersOf, readListFile } from './file.ts';

export interface CrlImportOptions {
  readonly issuer: readonly string[];
  readonly address?: string;
  readonly first?: boolean;
  readonly region?: string;
  readonly stateTable?: string;
  readonly stage?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const ASK_MS = 30_000;

/** @throws {Unable} when something cannot be read, or the list must not be imported. */
export async function crlImport(
  where: string,
  named: string,
  options: CrlImportOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const { bytes, address: readFrom } = await readListFile(where);
  const issuers = (await Promise.all(options.issuer.map((path) => issuersOf(path, false)))).flat();
  const address = options.address ?? readFrom;
  const crl = fitting(bytes, issuers, address, terminal.clock.now());
  const region = await chooseRegion(options.region, terminal.env, clients.profileRegion);
  const port = await clients.crlEndpoints(region);
  const endpoint = await endpointNamed(named, region, clients);
  const { endpointId } = endpoint;
  const { over, unread } = await overWhat(port, endpoint, crl, options.first === true);
  const live = await port.liveConnectionCount(endpoint, AbortSignal.timeout(ASK_MS));
  const says = saysOf(
    crl,
    nameOf(named, endpointId),
    over,
    unread,
    live.known ? live.value : null,
    terminal.clock.now(),
  );
  if (options.json !== true) terminal.out(render(says, terminal));
  if (!(await isAgreed({ question: 'Import it?' }, options, terminal))) {
    terminal.out('Nothing was changed.\n');
    return CANNOT_TELL;
  }
  await refuseWhilePaused(options, region, terminal, clients);
  const answer = await port.import(endpoint, pemOf(crl.der), AbortSignal.timeout(ASK_MS));
  const isDone = answer.kind === 'accepted';
  const why = isDone ? null : answer.why;
  const report = { version: 1, region, endpointId, isImported: isDone, why };
  print(terminal, options.json, report, [
    line(
      isDone
        ? [
            colour('good', 'Imported.'),
            ' From now on the endpoint must always have a list that is valid.',
          ]
        : [colour('bad', 'Not imported: '), why ?? ''],
    ),
  ]);
  return isDone ? WELL : NEEDS_A_PERSON;
}

/**
 * Asked right before the import, as every function does. Without a stack there is no pause.
 * @throws {Unable} while an operator's pause lasts, or when it cannot be read.
 */
async function refuseWhilePaused(
  options: CrlImportOptions,
  region: string,
  { env, clock }: Terminal,
  clients: AwsClients,
): Promise<void> {
  const home = homeRegion(env, region);
  const { stateTable } = await findStack(options, env, clients, home);
  if (stateTable === null) return;
  const gate = openPauseGate(await clients.store(home, stateTable), clock);
  const why = await gate.ask(AbortSignal.timeout(ASK_MS));
  if (why !== null) throw new Unable(`nothing was imported: ${why}; to end it: vpn-medic resume`);
}

/** @throws {Unable} when it is not a genuine, valid list that an endpoint can be given. */
function fitting(
  bytes: Buffer,
  issuers: readonly Issuer[],
  address: string | null,
  now: number,
): Crl {
  const parsed = parseCrl(bytes);
  if (!parsed.ok) throw new Unable(`the list cannot be read: ${parsed.why}`);
  const { crl } = parsed;
  const verified = verifyCrl(crl, issuers, now);
  if (!verified.ok) throw new Unable(`the list is not imported: ${verified.why}`);
  if (crl.nextUpdateAt === null || crl.nextUpdateAt <= now)
    throw new Unable(
      'the list is not imported: it has expired, or does not say until when it is valid',
    );
  const fault = faultFor(crl, address);
  if (fault !== null) throw new Unable(`the list is not imported: ${fault}`);
  return crl;
}

interface Over {
  /** What the endpoint has now; null: nothing, as far as known. */
  readonly over: Crl | null;
  /** Why that cannot be read; null: it could be. */
  readonly unread: string | null;
}

/** @throws {Unable} when what the endpoint has is not known and the operator does not say that it has nothing, or is later. */
async function overWhat(
  port: CrlEndpointPort,
  endpoint: EndpointRef,
  crl: Crl,
  isFirst: boolean,
): Promise<Over> {
  const reading = await port.exported(endpoint, AbortSignal.timeout(ASK_MS));
  if (!reading.known && !isFirst)
    throw new Unable(
      `what ${endpoint.endpointId} has now cannot be read: ${reading.why}; if it never had a list, add --first`,
    );
  const before = reading.known ? readExport(reading.value) : null;
  if (before === null) {
    if (isFirst) return { over: null, unread: reading.known ? null : reading.why };
    throw new Unable(`${endpoint.endpointId} has no list; to give it its first one, add --first`);
  }
  if (isFirst) throw new Unable(`${endpoint.endpointId} has a list already; leave --first out`);
  if (isSameName(before.issuer, crl.issuer) && compareCrls(crl, before).order < 0)
    throw new Unable(`${endpoint.endpointId} has a later list of the same issuer; it keeps it`);
  return { over: before, unread: null };
}

function readExport({ pem }: ExportedCrl): Crl | null {
  const parsed = pem === null ? null : parseCrl(Buffer.from(pem));
  return parsed?.ok === true ? parsed.crl : null;
}

function saysOf(
  crl: Crl,
  endpoint: string,
  over: Crl | null,
  unread: string | null,
  live: number | null,
  now: number,
): readonly Block[] {
  const until = crl.nextUpdateAt ?? now;
  const point = crl.extensions.distributionPoint;
  return [
    line(
      `${endpoint} gets the list of "${nameText(crl.issuer)}", number ${crl.extensions.number ?? 'none'}, ${crl.survey.count} entries, valid until ${toIso(until)} (${describeMs(until - now)}).`,
    ),
    line(
      over === null
        ? `${unread === null ? 'It has no list now.' : `What it has now cannot be read (${unread}); --first says that it has nothing.`} An imported list can be replaced, and never removed: when it expires, no client can connect.`
        : `It replaces number ${over.extensions.number ?? 'none'} with ${over.survey.count} entries.`,
    ),
    line(`The import resets ${live ?? 'an unknown number of'} live connections.`),
    ...(point?.hasName === true
      ? [
          line(
            `The list is for certificates that name ${point.uris.join(' or ')}: others are refused.`,
          ),
        ]
      : []),
    blank,
  ];
}
