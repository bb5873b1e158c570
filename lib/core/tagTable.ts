/** Every tag that vpn-medic reads, for docs/tags.md. A tag that is read and is not here fails a test. */

export interface TagRow {
  readonly on: string;
  readonly key: string;
  readonly value: string;
  readonly meaning: string;
}

const row = (on: string, name: string, value: string, meaning: string): TagRow => ({
  on,
  key: `vpn-medic:${name}`,
  value,
  meaning,
});

const INSTANCE = 'instance';
const TABLE = 'route table, transit gateway route table';

/** By what carries it. */
export const TAG_TABLE: readonly TagRow[] = [
  row(
    `${INSTANCE}, Site-to-Site connection on a transit gateway`,
    'group',
    'one name',
    "a member of that group: members can carry each other's routes",
  ),
  row(
    'virtual private gateway, transit gateway',
    'group',
    'names separated by spaces',
    'it carries routes of these groups while no appliance of theirs can, and a VPN connection behind it is up with a route for the destination (operations.md)',
  ),
  row(
    INSTANCE,
    'probe',
    'clauses separated by spaces, such as `ike:500` or `tcp:10.0.0.9:22`',
    'what must answer, all of them; a vertical bar between two means either; without it `ike:500` (probes.md)',
  ),
  row(
    INSTANCE,
    'probe-key',
    'names of parameters or secrets: `/vpn-medic/probe/hq`, or `wireguard=/vpn-medic/probe/hq`',
    'the key of a probe that needs one: `wireguard`, `radius`, sealed `openvpn` (probes.md)',
  ),
  row(
    INSTANCE,
    'pool',
    'CIDRs separated by spaces',
    'client pools that only this appliance can carry: repaired, never moved',
  ),
  row(
    INSTANCE,
    'priority',
    '0 to 999, 100 without it',
    'lower first among the members that could take a route over',
  ),
  row(
    INSTANCE,
    'repair',
    '`restart-service`, `reboot`, `stop-start`, `replace`, in the order to try; `restart-service:ssm` or `:ssh` names the one hand',
    'the repair steps that its owner allows; without it no machine is touched. A service is restarted by Systems Manager where that manages the instance, else over SSH; `replace` has its auto scaling group, which must carry this tag too, end it and launch another',
  ),
  row(
    INSTANCE,
    'service',
    'a systemd unit, such as `strongswan.service`; by Systems Manager also a Windows service, such as `RemoteAccess`',
    'what restart-service restarts; needed for that step',
  ),
  row(
    INSTANCE,
    'ssh-user',
    'a user name',
    'who logs in to restart the service; without it the parameter `repairSshUser`, the only user that the role may push keys for',
  ),
  row(
    INSTANCE,
    'host-key',
    '`SHA256:` and the fingerprint',
    'the SSH host key to accept; without it only the one on the console',
  ),
  row(
    TABLE,
    'group',
    'names separated by spaces',
    'its routes to members of these groups are managed',
  ),
  row(
    'Elastic IP address',
    'group',
    'one name',
    'it stands for that group: it is associated with a member that is well, by the rules of routes; `preferred` (an id of a member) and `members` as on a route table (operations.md)',
  ),
  row(
    TABLE,
    'preferred',
    'an id of a member; in a route table also `zone`',
    'the preferred next hop, in place of the one at which its owner put each route',
  ),
  row(
    TABLE,
    'members',
    'ids; in a route table also instance profiles and auto scaling groups; separated by spaces',
    'who may carry the routes of this table for its groups (of other tables not)',
  ),
  row(
    'network interface',
    'role',
    'one word',
    'which arm of its appliance it is, where the device index does not say so',
  ),
  row(
    'Site-to-Site connection, customer gateway',
    'site',
    'a name',
    'the site that it leads to, in place of the address of its device',
  ),
  row(
    'Site-to-Site connection',
    'tunnels',
    '`1`',
    'the device brings up one tunnel at a time by design: one that is down is no warning',
  ),
  row(
    'Site-to-Site connection',
    'maintenance',
    'hours, such as `Sun 02:00-04:00 Europe/Paris`',
    'when a pending replacement of a tunnel endpoint is applied, one tunnel after the other, each while the other one is up with routes; without it never',
  ),
  row('Client VPN endpoint', 'crl', 'a file name', 'import that CRL when it changes (crl.md)'),
  row(
    'load balancer, target group, Route 53 health check, Direct Connect, transit gateway',
    'watch',
    'anything',
    'its metrics are judged; without it they are not. What has nothing to judge is notified (`WatchSilent`)',
  ),
  row(
    INSTANCE,
    'drill',
    'times, such as `Sun 03:00 Europe/Paris`',
    'its group is drilled then: the routes of one member lead to its peers for five minutes, and back (operations.md)',
  ),
  row('anything', 'ignore', 'why', 'listed, never notified, and no part of any count'),
  row(
    `${INSTANCE}, Site-to-Site connection, Client VPN endpoint, what carries \`vpn-medic:watch\``,
    'quiet',
    'hours, such as `Mon-Fri 19:00-07:00 Europe/Paris`',
    'expected to be off then: no notification, and no repair',
  ),
];
