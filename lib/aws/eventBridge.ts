/** Incident changes to an EventBridge bus. */
import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  type PutEventsResultEntry,
} from '@aws-sdk/client-eventbridge';
import type { Clock } from '../core/time.ts';
import type { BusEvent, EventPort, Unsent } from '../incidents/ports.ts';
import { type CallContext, call } from './call.ts';
import { type CallHook, delays, hooked } from './client.ts';
import { type Fault, tellFault } from './errors.ts';

/**
 * `bus`: a name of a bus in the home region, or an ARN; null: none. Entries that the bus refused for the moment are sent
 * once more before they are given back.
 */
export function eventPort(
  homeRegion: string,
  bus: string | null,
  clock: Clock,
  onCall?: CallHook,
): EventPort {
  if (bus === null) return { isOpen: false, put: () => Promise.resolve([]) };
  // arn:aws:events:REGION:ACCOUNT:event-bus/NAME
  const region = bus.startsWith('arn:') ? (bus.split(':')[3] ?? homeRegion) : homeRegion;
  const name = bus;
  const client = hooked(new EventBridgeClient({ region, ...delays() }), onCall);
  const context: CallContext = { service: 'events', clock };

  async function putBatch(
    events: readonly BusEvent[],
    signal: AbortSignal,
  ): Promise<readonly Unsent[]> {
    const command = new PutEventsCommand({ Entries: events.map((event) => entryOf(event, name)) });
    const answer = await call(context, 'PutEvents', signal, () =>
      client.send(command, { abortSignal: signal }),
    );
    if (!answer.ok) {
      const why = tell(name, answer.fault);
      const isWorthRetrying = isPassing(answer.fault);
      return events.map((event) => ({ event, why, isWorthRetrying }));
    }
    return events.flatMap((event, index) => unsentOf(event, answer.value.Entries?.[index]));
  }

  return {
    isOpen: true,
    async put(events, signal) {
      const unsent: Unsent[] = [];
      for (const batch of batchesOf(events)) {
        const refused = await putBatch(batch, signal);
        const again = refused.filter(({ isWorthRetrying }) => isWorthRetrying);
        unsent.push(...refused.filter(({ isWorthRetrying }) => !isWorthRetrying));
        // A whole batch that failed has been tried twice by the client itself.
        if (again.length === 0 || again.length === batch.length) unsent.push(...again);
        else {
          await clock.sleep(AGAIN_MS, signal);
          unsent.push(
            ...(await putBatch(
              again.map(({ event }) => event),
              signal,
            )),
          );
        }
      }
      return unsent;
    },
  };
}

const AGAIN_MS = 200;

/** Its time is in the detail too; the bus has its own when it is left out. */
const entryOf = (event: BusEvent, bus: string): PutEventsRequestEntry => ({
  EventBusName: bus,
  Source: 'vpn-medic',
  DetailType: event.detailType,
  Resources: [...event.resources],
  Detail: event.detail,
});

/** Results are in the order of the entries; a missing one is unknown, and its entry is sent again. */
function unsentOf(event: BusEvent, result: PutEventsResultEntry | undefined): readonly Unsent[] {
  if (result?.EventId !== undefined && result.ErrorCode === undefined) return [];
  const code = result?.ErrorCode ?? 'no answer';
  const why = `events:PutEvents refused an entry (${code}): ${result?.ErrorMessage ?? ''}`.trim();
  return [{ event, why, isWorthRetrying: PASSING.has(code) }];
}

/** Error codes of entries that may succeed later. @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html (read 2026-11-21) */
const PASSING: ReadonlySet<string> = new Set([
  'no answer',
  'InternalException',
  'InternalFailure',
  'ServiceUnavailable',
  'ThrottlingException',
]);

const isPassing = ({ kind }: Fault): boolean =>
  kind === 'throttled' || kind === 'lost' || kind === 'aborted';

function tell(bus: string, fault: Fault): string {
  if (fault.code === 'ResourceNotFoundException') {
    return `there is no event bus ${bus} (${fault.code}): set VPN_MEDIC_EVENT_BUS to one that is there, or to nothing`;
  }
  return tellFault(
    fault,
    `events:PutEvents to ${bus}`,
    "grant it on that bus to the function's role",
  );
}

/** A request takes at most ten entries and 256 KB of them. */
const BATCH_MAX = 10;
const BATCH_BYTES_MAX = 240_000;

function batchesOf(events: readonly BusEvent[]): readonly (readonly BusEvent[])[] {
  const batches: BusEvent[][] = [];
  let bytes = 0;
  for (const event of events) {
    const own = Buffer.byteLength(event.detail) + ENTRY_BYTES;
    const last = batches.at(-1);
    if (last === undefined || last.length >= BATCH_MAX || bytes + own > BATCH_BYTES_MAX) {
      batches.push([event]);
      bytes = own;
    } else {
      last.push(event);
      bytes += own;
    }
  }
  return batches;
}

/** Source, detail type, bus, time and resources, generously. */
const ENTRY_BYTES = 2_000;
