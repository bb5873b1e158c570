/** Links of a notification: where it is acknowledged, the dashboard at the incident's time, the resource in the console, the runbook. Pure. */
import { partitionOf } from '../core/serviceAddress.ts';
import { type Instant, toIso } from '../core/time.ts';
import type { Incident, Signature } from './types.ts';

export interface Link {
  readonly text: string;
  readonly href: string;
}

/** Only addresses that exist: without a dashboard or published docs there are fewer. */
export function linksOf(
  incident: Incident,
  { dashboard, docsUrl }: Signature,
  region: string,
  now: Instant,
): readonly Link[] {
  const resource = resourcePath(incident);
  return [
    ...(dashboard === null
      ? []
      : [
          ...(incident.resolvedAt === null && incident.ackedAt === null
            ? [{ text: 'Acknowledge on the dashboard', href: dashboardUrl(dashboard, region) }]
            : []),
          { text: 'Dashboard', href: dashboardUrl(dashboard, region) + around(incident, now) },
        ]),
    ...(resource === null
      ? []
      : [{ text: 'Console', href: `${consoleUrl(region, resource.service)}${resource.hash}` }]),
    ...(docsUrl === null ? [] : [{ text: 'Runbook', href: `${docsUrl}/${runbook(incident)}` }]),
  ];
}

/** The section of the project's runbook, relative to docs/. */
export const runbook = ({ reason }: Pick<Incident, 'reason'>): string =>
  `runbook.md#${encodeURIComponent(reason.toLowerCase())}`;

const AROUND_MS = 30 * 60_000;

/** Its first tile has the buttons. The console asks for a sign-in: the link itself allows nothing. */
const dashboardUrl = (name: string, region: string): string =>
  `${consoleUrl(region, 'cloudwatch')}dashboards/dashboard/${encodeURIComponent(name)}`;

const around = ({ since }: Incident, now: Instant): string =>
  `?start=${toIso(since - AROUND_MS)}&end=${toIso(Math.max(now, since) + AROUND_MS)}`;

/** China and GovCloud have consoles of their own. */
function consoleUrl(region: string, service: string): string {
  const hosts = {
    aws: `${region}.console.aws.amazon.com`,
    'aws-cn': 'console.amazonaws.cn',
    'aws-us-gov': 'console.amazonaws-us-gov.com',
  };
  return `https://${hosts[partitionOf(region)]}/${service}/home?region=${region}#`;
}

/** Null for subjects without a console page. Ids come from AWS, and are encoded all the same. */
function resourcePath({
  subject: { kind, id },
}: Incident): { readonly service: string; readonly hash: string } | null {
  const own = encodeURIComponent(id);
  switch (kind) {
    case 'appliance':
      return { service: 'ec2', hash: `InstanceDetails:instanceId=${own}` };
    case 'table':
      return { service: 'vpcconsole', hash: `RouteTableDetails:RouteTableId=${own}` };
    case 'route':
      return {
        service: 'vpcconsole',
        hash: `RouteTableDetails:RouteTableId=${encodeURIComponent(id.split(' ')[0] ?? '')}`,
      };
    case 'connection':
      return { service: 'vpcconsole', hash: `VpnConnectionDetails:VpnConnectionId=${own}` };
    case 'tunnel':
      return {
        service: 'vpcconsole',
        hash: `VpnConnectionDetails:VpnConnectionId=${encodeURIComponent(id.split(/[ /]/)[0] ?? '')}`,
      };
    case 'endpoint':
      return { service: 'vpcconsole', hash: `ClientVPNEndpointDetails:clientVpnEndpointId=${own}` };
    case 'vpc':
      return { service: 'vpcconsole', hash: `VpcDetails:VpcId=${own}` };
    case 'privateLink':
      return { service: 'vpcconsole', hash: `EndpointDetails:vpcEndpointId=${own}` };
    case 'vantage':
      return id === 'here' ? null : { service: 'lambda', hash: `/functions/${own}` };
    case 'account':
    case 'region':
    case 'zone':
    case 'group':
    case 'gateway':
    case 'site':
    case 'crl':
    case 'metric':
      return null;
    default:
      return kind satisfies never;
  }
}
