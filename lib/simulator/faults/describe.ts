/** Faults in words: `RESOURCE: CONDITION`. */
import { describeMs } from '../../core/time.ts';
import type { Fault } from '../faults.ts';

/** `nameOf` turns an instance id into a name. */
// oxlint-disable-next-line max-lines-per-function -- a closed switch: one case a kind of fault
export function describeFault(fault: Fault, nameOf: (instanceId: string) => string): string {
  switch (fault.kind) {
    case 'process-dead':
      return `VPN service of ${nameOf(fault.instanceId)}: process dead, host up`;
    case 'host-dead':
      return `${nameOf(fault.instanceId)}: host does not answer`;
    case 'half-open':
      return `${nameOf(fault.instanceId)}: hangs, TCP connects and nothing answers`;
    case 'tunnel-dead':
      return `${nameOf(fault.instanceId)}: its tunnel carries nothing, its daemon answers`;
    case 'ipv6-dead':
      return `${nameOf(fault.instanceId)}: neither answers nor forwards by IPv6`;
    case 'flapping':
      return `${nameOf(fault.instanceId)}: flaps, silent for ${describeMs(fault.downMs)} of every ${describeMs(fault.periodMs)}`;
    case 'slow':
      return `${nameOf(fault.instanceId)}: answers ${describeMs(fault.byMs)} late`;
    case 'banned':
      return `${nameOf(fault.instanceId)}: bans ${fault.vantageId}, ${fault.how === 'closes' ? 'closes each connection' : 'drops each packet'}`;
    case 'stopped':
      return `${nameOf(fault.instanceId)}: stopped by a person`;
    case 'terminated':
      return `${nameOf(fault.instanceId)}: terminated by a person`;
    case 'impaired':
      return `${nameOf(fault.instanceId)}: EC2 ${fault.check} status check failed${fault.answers ? ', probes still answer' : ''}`;
    case 'stranger':
      return `group of ${nameOf(fault.likeInstanceId)}: a stranger tags an instance of its own${fault.pool === null ? '' : ` and claims ${fault.pool}`}`;
    case 'detached':
      return `network interface of ${nameOf(fault.instanceId)}: detached`;
    case 'address-moved':
      return `public address of ${nameOf(fault.instanceId)}: moved to ${fault.toId === null ? 'nothing' : nameOf(fault.toId)}`;
    case 'source-dest-check-on':
      return `${nameOf(fault.instanceId)}: source/destination check switched on`;
    case 'zone-dead':
      return `zone ${fault.zone}: failed, EC2 calls about it fail`;
    case 'all-dead':
      return fault.group === null
        ? 'all appliances: do not answer'
        : `all appliances of ${fault.group}: do not answer`;
    case 'vantage-blind':
      return `vantage ${fault.vantageId}: receives no answers`;
    case 'vantage-unaskable':
      return `vantage ${fault.vantageId}: cannot be invoked`;
    case 'vantage-slow':
      return `vantage ${fault.vantageId}: every answer is ${describeMs(fault.byMs)} late`;
    case 'probe-loss':
      return `probes: ${Math.round(fault.chance * 100)} % get lost`;
    case 'api-throttled':
      return `${fault.action === 'all' ? 'EC2 API' : fault.action}: ${Math.round(fault.chance * 100)} % of calls are throttled`;
    case 'api-unreadable':
      return `${fault.action}: fails (${fault.why})`;
    case 'api-lacking':
      return `${fault.action}: each ${fault.everyNth}th answer lacks ${fault.lacks} of its items`;
    case 'api-slow':
      return `EC2 API: answers ${describeMs(fault.byMs)} late`;
    case 'route-refused':
      return `route writes: EC2 refuses ${fault.destination}`;
    case 'write-unclear':
      return `route writes: answers get lost ${fault.isAfterEffect ? 'after' : 'before'} their effect`;
    case 'stale-reads':
      return `EC2 API: answers are ${describeMs(fault.lagMs)} old`;
    case 'store-unreachable':
      return 'state table: cannot be reached';
    case 'store-flaky':
      return `state table: ${Math.round(fault.chance * 100)} % of calls fail`;
    case 'store-conflicts':
      return 'state table: another program writes to it';
    case 'store-garbage':
      return 'state table: one item overwritten with garbage';
    case 'brownout':
      return `AWS API: ${Math.round(fault.chance * 100)} % of calls fail`;
    case 'notifications-failing':
      return 'SNS: notifications cannot be published';
    case 'events-refused':
      return 'event bus: accepts no events';
    case 'clock-step':
      return `watcher: its clock jumps by ${describeMs(fault.byMs)}`;
    case 'process-frozen':
      return `watcher: frozen for ${describeMs(fault.forMs)}`;
    case 'state-ahead':
      return `stored state: dated ${describeMs(fault.byMs)} ahead`;
    case 'rival-route':
      return `route ${fault.destination} in ${fault.tableId}: pointed by another tool at ${fault.instanceId === null ? 'something else' : nameOf(fault.instanceId)}`;
    case 'probe-retagged':
      return `${nameOf(fault.instanceId)}: its probe tag is changed to one that nothing answers`;
    case 'rival-untag':
      return `${nameOf(fault.resourceId)}: its vpn-medic tags removed`;
    case 'person-pauses':
      return `every write: paused by a person for ${describeMs(fault.forMs)}`;
    case 'person-drills':
      return `group ${fault.group}: an operator asks for a drill`;
    case 'person-drains':
      return `${nameOf(fault.instanceId)}: drained by a person for ${describeMs(fault.forMs)}`;
    case 'spot-notice':
      return `${nameOf(fault.instanceId)}: EC2 takes its Spot capacity back in two minutes`;
    case 'rebalance-notice':
      return `${nameOf(fault.instanceId)}: EC2 recommends to leave its Spot capacity`;
    case 'terminate-hook':
      return `${nameOf(fault.instanceId)}: its auto scaling group terminates it, after its hook`;
    case 'event-scheduled':
      return `${nameOf(fault.instanceId)}: EC2 has scheduled its stop in ${describeMs(fault.inMs)}`;
    case 'person-pins':
      return `group ${fault.group}: pinned by a person to ${nameOf(fault.instanceId)} for ${describeMs(fault.forMs)}`;
    case 'interface-bgp-down':
      return `virtual interface ${nameOf(fault.interfaceId)}: BGP down`;
    case 'tunnel-down':
      return fault.isBgp
        ? `tunnel ${fault.outsideIp} of ${nameOf(fault.connectionId)}: BGP down, IPsec up`
        : `tunnel ${fault.outsideIp} of ${nameOf(fault.connectionId)}: down`;
    case 'tunnel-flapping':
      return `tunnel ${fault.outsideIp} of ${nameOf(fault.connectionId)}: flaps, down for ${describeMs(fault.downMs)} of every ${describeMs(fault.periodMs)}`;
    case 'customer-device-dead':
      return `customer device ${nameOf(fault.customerGatewayId)}: powered off`;
    case 'connection-deleted':
      return `connection ${nameOf(fault.connectionId)}: deleted by a person`;
    case 'routes-withdrawn':
      return `tunnel ${fault.outsideIp} of ${nameOf(fault.connectionId)}: no route is announced`;
    case 'connection-word':
      return `connection ${nameOf(fault.connectionId)}: AWS calls it ${fault.word}`;
    case 'connection-unlisted':
      return `connection ${nameOf(fault.connectionId)}: AWS's list lacks it`;
    case 'tunnel-unlisted':
      return `tunnel ${fault.outsideIp} of ${nameOf(fault.connectionId)}: AWS reports nothing of it`;
    case 'telemetry-missing':
      return `tunnels of ${nameOf(fault.connectionId)}: AWS reports no state`;
    case 'telemetry-strange':
      return `connection ${nameOf(fault.connectionId)}: AWS reports an unknown state word`;
    case 'telemetry-ahead':
      return `tunnels: AWS dates changes ${describeMs(fault.byMs)} ahead`;
    case 'vpn-unreadable':
      return `Site-to-Site connections: cannot be read (${fault.why})`;
    case 'vpn-throttled':
      return `Site-to-Site connections: ${Math.round(fault.chance * 100)} % of calls are throttled`;
    case 'connection-joins':
      return `connection ${nameOf(fault.connectionId)}: tagged by a person for group ${fault.group}`;
    case 'transit-unreadable':
      return `transit gateways: cannot be read (${fault.why})`;
    case 'transit-throttled':
      return `transit gateways: ${Math.round(fault.chance * 100)} % of calls are throttled`;
    case 'transit-write-refused':
      return 'transit gateway routes: the role may not write them';
    case 'transit-write-unclear':
      return `transit gateway routes: ${Math.round(fault.chance * 100)} % of answers to writes are lost ${fault.isAfterEffect ? 'after' : 'before'} their effect`;
    case 'rival-transit-route':
      return `route ${fault.destination} in ${fault.tableId}: pointed by another tool at ${fault.attachmentId}`;
    case 'metrics-trouble':
      return 'CloudWatch: incomplete or failed answers';
    case 'metrics-missing':
      return `connection ${nameOf(fault.connectionId)}: no CloudWatch data`;
    case 'endpoint-unreachable':
      return `endpoint ${nameOf(fault.endpointId)}: does not answer on its port`;
    case 'associations-lost':
      return `endpoint ${nameOf(fault.endpointId)}: ${fault.leaves === 0 ? 'all associations' : 'all associations but one'} lost`;
    case 'users-gone':
      return `endpoint ${nameOf(fault.endpointId)}: its users are disconnected`;
    case 'logins-fail':
      return `endpoint ${nameOf(fault.endpointId)}: logins fail`;
    case 'crl-old':
      return fault.days < 0
        ? `CRL of endpoint ${nameOf(fault.endpointId)}: expired ${-fault.days} d ago`
        : `CRL of endpoint ${nameOf(fault.endpointId)}: expires in ${fault.days} d`;
    case 'handler-fails':
      return `endpoint ${nameOf(fault.endpointId)}: its connect handler fails`;
    case 'association-failed':
      return `endpoint ${nameOf(fault.endpointId)}: an association has failed`;
    case 'association-coming':
      return `endpoint ${nameOf(fault.endpointId)}: an association is in progress`;
    case 'endpoint-pending':
      return `endpoint ${nameOf(fault.endpointId)}: EC2 reports it as pending`;
    case 'endpoint-unlisted':
      return `endpoint ${nameOf(fault.endpointId)}: EC2 leaves it out of its list`;
    case 'directory-ill':
      return `endpoint ${nameOf(fault.endpointId)}: its directory is ${fault.stage}`;
    case 'certificate-old':
      return fault.days < 0
        ? `server certificate of endpoint ${nameOf(fault.endpointId)}: expired ${-fault.days} d ago`
        : `server certificate of endpoint ${nameOf(fault.endpointId)}: expires in ${fault.days} d`;
    case 'rules-revoked':
      return `endpoint ${nameOf(fault.endpointId)}: its authorization rules are revoked`;
    case 'endpoint-strange':
      return `endpoint ${nameOf(fault.endpointId)}: EC2 reports an unknown state word`;
    case 'endpoint-deleted':
      return `endpoint ${nameOf(fault.endpointId)}: deleted by a person`;
    case 'probe-dns-dead':
      return 'DNS of the poll: does not answer';
    case 'endpoints-unreadable':
      return 'Client VPN endpoints: cannot be read';
    case 'associations-unreadable':
      return 'associations of Client VPN endpoints: cannot be read';
    case 'surroundings-unreadable':
      return 'routes, rules, certificates and directories of Client VPN endpoints: cannot be read';
    case 'events-lost':
      return 'EC2 events: get lost';
    case 'events-doubled':
      return 'EC2 events: delivered twice';
    case 'watcher-killed':
      return 'watcher: killed';
    case 'schedule-missed':
      return 'schedule: starts no watcher';
    default:
      return fault satisfies never;
  }
}

/** `hq-a: host does not answer` becomes `hq-a (was: host does not answer)`. */
export const recoveredText = (described: string): string =>
  described.replace(/: (.*)$/s, ' (was: $1)');
