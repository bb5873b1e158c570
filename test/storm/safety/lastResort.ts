/** S2 of gateways of last resort by ground truth: a connection behind it is up and leads there, and no appliance is well. */
import type { Fault } from '../../../lib/simulator/faults.ts';
import { GATEWAY_AGE_MS, leadsTo, wasUp } from '../gateways.ts';
import type { ProbeRecord } from '../probeRecord.ts';
import { groupsIn, instancesIn, type Run } from '../record.ts';
import { lagOf, type WriteView } from '../writeView.ts';
import { isProven, TAG_AGE_MS } from './proof.ts';

/** What speaks against the write; empty: nothing. */
export function checkLastResort(
  run: Run,
  probes: ProbeRecord,
  { write, fromId, plannedMs }: WriteView,
  gatewayId: string,
): readonly string[] {
  if (fromId === null) return ['it led to nothing of ours before'];
  const tagged = groupsIn(
    run,
    gatewayId,
    plannedMs - TAG_AGE_MS - GATEWAY_AGE_MS - lagOf(run),
    write.issuedMs,
  );
  const [group = ''] = groupsIn(run, fromId, 0, write.issuedMs);
  const isCarrying =
    leadsTo(run, gatewayId, write.destination) &&
    wasUp(run, gatewayId, plannedMs - GATEWAY_AGE_MS, write.issuedMs);
  const well = run.options.snapshot.instances.find(
    ({ instanceId }) =>
      instanceId !== fromId &&
      groupsIn(run, instanceId, 0, plannedMs)[0] === group &&
      instancesIn(run, instanceId, 0, plannedMs).every(({ state }) => state === 'running') &&
      isProven(run, probes, write.by, instanceId, plannedMs),
  );
  return [
    ...(tagged.some((value) => value === group) ? [] : ['it is no last resort of the group']),
    ...(isCarrying ? [] : ['no connection behind it was up and led there']),
    ...(well === undefined || isElseDisturbed(run, plannedMs)
      ? []
      : [`${well.instanceId} was well`]),
  ];
}

/** These leave every other appliance as eligible as it was. */
const PLAIN: ReadonlySet<Fault['kind']> = new Set([
  'stopped',
  'customer-device-dead',
  'telemetry-missing',
  'vpn-unreadable',
]);
/** A fault that is over for so long has left no trace in a verdict or a reading. */
const TRACE_MS = 60_000;

const isElseDisturbed = ({ options }: Run, atMs: number): boolean =>
  options.spells.some(
    ({ fault, startMs, endMs }) =>
      !PLAIN.has(fault.kind) && startMs <= atMs && endMs >= atMs - TRACE_MS,
  );
