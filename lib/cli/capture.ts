/** `vpn-medic capture`: one read-only pass over everything that the functions read of a region, as a capture on standard output. */
import type { CallHook } from '../aws/client.ts';
import { eachOf } from '../core/eachOf.ts';
import { known } from '../core/reading.ts';
import { toIso } from '../core/time.ts';
import type { CrlEndpointPort } from '../crl/ports.ts';
import type { AwsClients } from './awsClients.ts';
import { openRecorder } from './capture/recorder.ts';
import { readConnections } from './check/connections.ts';
import { readEndpointsAndSessions } from './check/endpoints.ts';
import { openObserverSetup, type PassOptions } from './observer.ts';
import { observeOnce } from './pass.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, WELL } from './terminal.ts';

export type CaptureOptions = Pick<PassOptions, 'region' | 'probes'>;

const PASS_MS_MAX = 60_000;
/** A replay of one look runs so long: what is wrong is detected and notified by then. */
const PLAYED_MS = 15 * 60_000;
const AT_ONCE = 6;

const within = (): AbortSignal => AbortSignal.timeout(PASS_MS_MAX);

/** `clientsWith`: the AWS clients, all of whose reads go through the hook. Nothing is written but standard output. */
export async function capture(
  options: CaptureOptions,
  terminal: Terminal,
  clientsWith: (onCall: CallHook) => AwsClients,
  version: string,
): Promise<ExitCode> {
  const at = terminal.clock.now();
  const recorder = openRecorder(at);
  const clients = clientsWith(recorder.onCall);
  const recorded: AwsClients = {
    ...clients,
    endpointReachability: async () => recorder.endpointProbes(await clients.endpointReachability()),
  };
  // A table that is named keeps the stack from being asked; it is not read: state is no part of a capture.
  const opened = await openObserverSetup({ ...options, stateTable: 'none' }, terminal, recorded);
  const setup = { ...opened, store: null, probes: recorder.probes(opened.probes) };
  const { region } = setup;
  const say = (what: string) => {
    const { answers, refusals } = recorder.counts;
    terminal.err(`vpn-medic: ${region}: ${what}; ${answers} answers, ${refusals} refused\n`);
  };
  await observeOnce(setup, within());
  say('appliances and routes read');
  const { memory } = await readConnections(setup, recorded, within());
  // Histories are read in a pass of their own, after the newest points.
  const store = { read: async () => known([{ id: '', version: 1, body: memory }], at) };
  await readConnections({ ...setup, store }, recorded, within());
  say('Site-to-Site connections read');
  await readEndpointsAndSessions(setup, recorded, within());
  await readCrls(await recorded.crlEndpoints(region), within());
  say('Client VPN endpoints read');
  const identity = await (await recorded.identity(region)).caller(within());
  const account = identity.known ? identity.value.accountId : '000000000000';
  const header = { vpnMedicCapture: 1, account, region, medicVersion: version };
  const end = {
    at: toIso(at + PLAYED_MS),
    service: 'medic',
    operation: 'End',
    input: {},
    output: {},
  };
  const lines = [JSON.stringify(header), ...recorder.lines(), JSON.stringify(end)];
  terminal.out(`${lines.join('\n')}\n`);
  return recorder.counts.answers === 0 ? CANNOT_TELL : WELL;
}

async function readCrls(port: CrlEndpointPort, signal: AbortSignal): Promise<void> {
  const tagged = await port.tagged(signal);
  await eachOf(tagged.known ? tagged.value : [], AT_ONCE, (endpoint) =>
    port.exported(endpoint, signal),
  );
}
