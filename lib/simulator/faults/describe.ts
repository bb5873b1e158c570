/** Faults in words that a person on call would use. */
import { describeMs } from '../../core/time.ts';
import type { Fault } from '../faults.ts';

/** `nameOf` turns an instance id into a name. */
export function describeFault(fault: Fault, nameOf: (instanceId: string) => string): string {
  switch (fault.kind) {
    case 'process-dead':
      return `the VPN service of ${nameOf(fault.instanceId)} dies; its host lives on`;
    case 'host-dead':
      return `${nameOf(fault.instanceId)} falls silent`;
    case 'half-open':
      return `${nameOf(fault.instanceId)} hangs: TCP connects, nothing answers`;
    case 'flapping':
      return `${nameOf(fault.instanceId)} flaps: silent for ${describeMs(fault.downMs)} of every ${describeMs(fault.periodMs)}`;
    case 'slow':
      return `${nameOf(fault.instanceId)} answers ${describeMs(fault.byMs)} late`;
    case 'stopped':
      return `somebody stops ${nameOf(fault.instanceId)}`;
    case 'terminated':
      return `somebody terminates ${nameOf(fault.instanceId)}`;
    case 'impaired':
      return `EC2's ${fault.check} status check of ${nameOf(fault.instanceId)} fails${fault.answers ? '; it still answers' : ''}`;
    case 'detached':
      return `the network interface of ${nameOf(fault.instanceId)} is detached`;
    case 'check-on':
      return `somebody switches the source/destination check of ${nameOf(fault.instanceId)} on`;
    case 'zone-dead':
      return `the zone ${fault.zone} fails, and EC2's calls about it with it`;
    case 'all-dead':
      return fault.group === null
        ? 'every appliance falls silent at once'
        : `every appliance of ${fault.group} falls silent at once`;
    case 'vantage-blind':
      return `the vantage ${fault.vantageId} hears nothing any more`;
    case 'vantage-unaskable':
      return `the vantage ${fault.vantageId} cannot be asked any more`;
    case 'vantage-slow':
      return `everything is ${describeMs(fault.byMs)} late at the vantage ${fault.vantageId}`;
    case 'probe-loss':
      return `${Math.round(fault.chance * 100)} % of all probes get lost`;
    case 'api-throttled':
      return `other tools use up ${fault.action === 'all' ? "EC2's API" : fault.action}: ${Math.round(fault.chance * 100)} % of calls are throttled`;
    case 'api-unreadable':
      return `${fault.action} fails: ${fault.why}`;
    case 'api-slow':
      return `EC2's API answers ${describeMs(fault.byMs)} late`;
    case 'write-unclear':
      return `answers to route writes get lost ${fault.isAfterEffect ? 'after' : 'before'} their effect`;
    case 'stale-reads':
      return `EC2's replies are ${describeMs(fault.lagMs)} old`;
    case 'store-unreachable':
      return 'the state table cannot be reached';
    case 'store-flaky':
      return `${Math.round(fault.chance * 100)} % of calls to the state table fail`;
    case 'store-conflicts':
      return 'somebody else writes to the state table';
    case 'store-garbage':
      return 'an item of the state table is overwritten with garbage';
    case 'notices-failing':
      return 'notices cannot be published';
    case 'events-refused':
      return 'the event bus takes nothing';
    case 'clock-step':
      return `the clock of the running watcher jumps by ${describeMs(fault.byMs)}`;
    case 'process-frozen':
      return `the running watcher stands still for ${describeMs(fault.forMs)}`;
    case 'state-ahead':
      return `the stored state is dated ${describeMs(fault.byMs)} ahead`;
    case 'rival-route':
      return `somebody points ${fault.destination} in ${fault.tableId} at ${fault.instanceId === null ? 'something else' : nameOf(fault.instanceId)}`;
    case 'rival-untag':
      return `somebody takes our tags off ${nameOf(fault.resourceId)}`;
    case 'person-pins':
      return `somebody pins the routes of ${fault.group} to ${nameOf(fault.instanceId)} for ${describeMs(fault.forMs)}`;
    case 'tunnel-down':
      return fault.isBgp
        ? `BGP ends on tunnel ${fault.outsideIp} of ${nameOf(fault.connectionId)}; IPsec lives on`
        : `tunnel ${fault.outsideIp} of ${nameOf(fault.connectionId)} goes down`;
    case 'tunnel-flapping':
      return `tunnel ${fault.outsideIp} of ${nameOf(fault.connectionId)} flaps: down for ${describeMs(fault.downMs)} of every ${describeMs(fault.periodMs)}`;
    case 'customer-device-dead':
      return `the customer device behind ${nameOf(fault.customerGatewayId)} loses its power`;
    case 'connection-deleted':
      return `somebody deletes ${nameOf(fault.connectionId)}`;
    case 'telemetry-missing':
      return `AWS tells nothing of the tunnels of ${nameOf(fault.connectionId)}`;
    case 'telemetry-strange':
      return `AWS tells of ${nameOf(fault.connectionId)} in words that nobody knows`;
    case 'telemetry-ahead':
      return `AWS dates changes of tunnels ${describeMs(fault.byMs)} ahead`;
    case 'vpn-unreadable':
      return `Site-to-Site connections cannot be read: ${fault.why}`;
    case 'vpn-throttled':
      return `${Math.round(fault.chance * 100)} % of calls about connections are throttled`;
    case 'metrics-trouble':
      return 'CloudWatch answers badly';
    case 'metrics-missing':
      return `CloudWatch has no points of ${nameOf(fault.connectionId)}`;
    case 'door-shut':
      return `the endpoint ${nameOf(fault.endpointId)} goes dark: nobody answers at its door`;
    case 'associations-lost':
      return `the endpoint ${nameOf(fault.endpointId)} loses ${fault.leaves === 0 ? 'all its associations' : 'all associations but one'}`;
    case 'users-gone':
      return `the users of ${nameOf(fault.endpointId)} are thrown out`;
    case 'logins-fail':
      return `logins at ${nameOf(fault.endpointId)} fail`;
    case 'list-old':
      return fault.days < 0
        ? `the client revocation list of ${nameOf(fault.endpointId)} expired ${-fault.days} d ago`
        : `the client revocation list of ${nameOf(fault.endpointId)} has ${fault.days} d to go`;
    case 'handler-fails':
      return `the connect handler of ${nameOf(fault.endpointId)} fails`;
    case 'endpoint-strange':
      return `EC2 says the state of ${nameOf(fault.endpointId)} in a word that nobody knows`;
    case 'endpoint-deleted':
      return `somebody deletes the endpoint ${nameOf(fault.endpointId)}`;
    case 'door-dns-dead':
      return 'our own DNS is dead';
    case 'endpoints-unreadable':
      return 'Client VPN endpoints cannot be read';
    case 'associations-unreadable':
      return 'associations of Client VPN endpoints cannot be read';
    case 'events-lost':
      return 'EC2 events get lost';
    case 'events-doubled':
      return 'EC2 events come twice';
    case 'watcher-killed':
      return 'the watcher is killed';
    case 'schedule-missed':
      return 'no new watcher is started';
    default:
      return fault satisfies never;
  }
}
